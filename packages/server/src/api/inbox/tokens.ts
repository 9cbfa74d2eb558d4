import { inboxScopes, inboxTokenBodySchema } from "@tidings/contract/inbox-tokens";
import { recipientIdSchema } from "@tidings/contract/text";
import { inboxSubject } from "../../domain/inbox.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { Handlers } from "../handler.ts";
import { parameter, valid } from "../validation.ts";
import { iso } from "../views.ts";
import { writeToken } from "./token.ts";

const ttlSecondsDefault = 3600;

type TokenDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "broadcast">;

/** What the application's own server asks for, with its API key. */
export function inboxTokenHandlers({ store, keyring, clock, ids, broadcast }: TokenDependencies): Handlers {
  return {
    createInboxToken: async (request, { environmentId }) => {
      const recipient = valid(recipientIdSchema, parameter(request, "id"), "id");
      const { ttlSeconds = ttlSecondsDefault, scopes = inboxScopes } = valid(inboxTokenBodySchema, request.body ?? {});
      const now = clock.now();
      const generation = await store.openInbox({ environmentId, recipient, now });
      const expiresAt = now + ttlSeconds * 1000;
      const token = { environmentId, recipient, scopes, expiresAt, generation, id: ids.next() };
      return { token: writeToken(keyring, token), expiresAt: iso(expiresAt) };
    },

    revokeInboxTokens: async (request, { environmentId }) => {
      const recipient = valid(recipientIdSchema, parameter(request, "id"), "id");
      await store.revokeInboxTokens({ environmentId, recipient, now: clock.now() });
      // Open sockets look at once, and find that their tokens are of another generation.
      broadcast.publish("inbox", inboxSubject({ environmentId, recipient }));
    },
  };
}
