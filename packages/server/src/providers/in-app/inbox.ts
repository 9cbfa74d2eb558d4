import { type InboxContent, inboxContentSchema } from "@tidings/contract/in-app";
import { z } from "zod";
import type { InboxEntry } from "../../ports/inbox.ts";
import type {
  OutboundMessage,
  Outcome,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
} from "../../ports/provider.ts";

const settingsSchema = z.strictObject({});

/** When a call whose store is away comes again. */
const retryAfterMs = 1000;

/**
 * Puts messages into the inboxes of their recipients. A message is in its inbox once, whatever is tried again, and is
 * delivered once it is there.
 */
class InboxProvider implements Provider {
  readonly maxBatch = 500;
  readonly idempotent = true;
  readonly #environment: ProviderEnvironment;

  constructor(environment: ProviderEnvironment) {
    this.#environment = environment;
  }

  async send(batch: readonly OutboundMessage[]): Promise<Outcome[]> {
    const outcomes = batch.map((): Outcome => ({ status: "accepted" }));
    const entries: InboxEntry[] = [];
    const places: number[] = [];
    for (const [place, message] of batch.entries()) {
      const content = contentOf(message);
      if ("fault" in content) {
        outcomes[place] = { status: "rejected", kind: "permanent", code: "content_invalid", detail: content.fault };
        continue;
      }
      entries.push(entryOf(message, content.content));
      places.push(place);
    }
    const results = await this.#store(batch, entries);
    for (const [index, place] of places.entries()) outcomes[place] = results[index] ?? notStored;
    return outcomes;
  }

  async close(): Promise<void> {}

  async #store(batch: readonly OutboundMessage[], entries: readonly InboxEntry[]): Promise<Outcome[]> {
    const [first] = batch;
    if (first === undefined || entries.length === 0) return [];
    try {
      const results = await this.#environment.inbox.deliver(this.#environment.environmentId, first.lane, entries);
      return results.map(outcomeOf);
    } catch {
      // A store call that fails has written nothing.
      return entries.map(() => notStored);
    }
  }
}

const notStored: Outcome = { status: "rejected", kind: "transient", code: "store_unavailable", retryAfterMs };

function outcomeOf(result: "stored" | "duplicate" | "recipient_gone" | "expired"): Outcome {
  return result === "stored" || result === "duplicate"
    ? { status: "accepted" }
    : { status: "rejected", kind: "permanent", code: result };
}

function entryOf({ id, to, createdAt, expiresAt }: OutboundMessage, content: InboxContent): InboxEntry {
  return { messageId: id, recipient: to, createdAt, expiresAt, content };
}

/** What was rendered, checked: a value of an event may have become a link that would run code, or may be too long. */
function contentOf({ content }: OutboundMessage): { content: InboxContent } | { fault: string } {
  const { subject, text, inApp } = content;
  const parsed = inboxContentSchema.safeParse({ ...(subject === undefined ? {} : { title: subject }), text, ...inApp });
  if (parsed.success) return { content: parsed.data };
  const [issue] = parsed.error.issues;
  return { fault: issue === undefined ? "" : `${issue.path.map(String).join(".")} ${issue.message}` };
}

/** The recipient's inbox in this installation, which pages read with a recipient's token. */
export const inbox: ProviderDefinition<z.infer<typeof settingsSchema>> = {
  name: "inbox",
  behind: "ourselves",
  channels: ["in_app"],
  schema: settingsSchema,
  secretNames: [],
  create: (_settings, environment) => new InboxProvider(environment),
};
