import type { KeyStore } from "../ports/store/keys.ts";
import type { Environments } from "./environments.ts";
import type { Handlers } from "./handler.ts";

/** They are few, and their names are no secret to who has a key of one. */
export function environmentHandlers(
  store: Pick<KeyStore, "listEnvironments">,
  environments: Pick<Environments, "keyOf">,
): Handlers {
  return {
    listEnvironments: async (_request, { environmentId }) => ({
      current: await environments.keyOf(environmentId),
      items: (await store.listEnvironments({})).map(({ key }) => ({ key })),
    }),
  };
}
