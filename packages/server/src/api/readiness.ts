import type { Findings, MailSenders } from "@tidings/contract/readiness";
import { standOf } from "../domain/probe.ts";
import { findingsOf } from "../domain/readiness/findings.ts";
import { TidingsError } from "../errors.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { probeView } from "./probe-view.ts";
import { parameter } from "./validation.ts";

export function readinessHandlers({ standing }: Pick<ApiDependencies, "standing">): Handlers {
  return {
    probeIntegration: async (request, { environmentId }) => {
      const row = await standing.probe(environmentId, parameter(request, "key"));
      const stand = standOf(row, row?.version ?? 0);
      if (stand === undefined) throw new TidingsError("not_found");
      return probeView(stand);
    },
    listFindings: async (_request, { environmentId }): Promise<Findings> => ({
      items: findingsOf(await standing.facts(environmentId)),
    }),
    listMailSenders: async (_request, { environmentId }): Promise<MailSenders> => ({
      items: standing.mailSenders(environmentId),
    }),
  };
}
