import { standOf } from "../domain/probe.ts";
import { getDocument, listDocuments } from "./configuration.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { probeView } from "./probe-view.ts";

/** Integrations that are read have beside their document how they stand. */
export function integrationHandlers({
  configuration,
  store,
}: Pick<ApiDependencies, "configuration" | "store">): Handlers {
  const standing = async (environmentId: number) => {
    const rows = await store.listProbes({ environmentId });
    return <View extends { key: string; version: number }>(view: View) => {
      const stand = standOf(
        rows.find(({ integration }) => integration === view.key),
        view.version,
      );
      return stand === undefined ? view : { ...view, probe: probeView(stand) };
    };
  };
  return {
    getIntegration: async (request, caller) => {
      const view = await getDocument(configuration, "integration", request, caller);
      return (await standing(caller.environmentId))(view);
    },
    listIntegrations: async (request, caller) => {
      const page = await listDocuments(configuration, "integration", request, caller);
      return { ...page, items: page.items.map(await standing(caller.environmentId)) };
    },
  };
}
