import type { ProviderDefinition } from "../ports/provider.ts";
import { smtp } from "./email/smtp.ts";
import { inbox } from "./in-app/inbox.ts";
import { sandbox } from "./sandbox/sandbox.ts";
import { simulator } from "./simulator/simulator.ts";
import { standardWebhook } from "./webhook/standard.ts";

const definitions: readonly ProviderDefinition[] = [inbox, sandbox, simulator, smtp, standardWebhook];

/** All providers, by the name that an integration's `provider` gives. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);
