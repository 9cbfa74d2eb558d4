import { z } from "zod";
import type {
  MailboxContent,
  OutboundMessage,
  Outcome,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  RenderedContent,
} from "../../ports/provider.ts";
import { allChannels } from "../all-channels.ts";

const settingsSchema = z.strictObject({});

class Sandbox implements Provider {
  readonly maxBatch = 1000;
  readonly idempotent = false;
  readonly #environment: ProviderEnvironment;

  constructor(environment: ProviderEnvironment) {
    this.#environment = environment;
  }

  async send(batch: readonly OutboundMessage[]): Promise<Outcome[]> {
    const { clock, environmentId, mailbox } = this.#environment;
    const at = clock.now();
    const entries = batch.map(({ id, attempt, to, content, channel }) => ({
      id: `${id}.${attempt}`,
      messageId: id,
      at,
      to,
      content: withoutFiles(content),
      channel,
    }));
    await mailbox.append(environmentId, entries);
    return entries.map(({ id }): Outcome => ({ status: "accepted", providerMessageId: id }));
  }

  async close(): Promise<void> {}
}

function withoutFiles({ attachments, ...content }: RenderedContent): MailboxContent {
  if (attachments === undefined) return content;
  const shown = attachments.map(({ filename, contentType, content: file }) => {
    const bytes = typeof file === "string" ? Buffer.byteLength(file, "base64") : file.length;
    return { filename, contentType, bytes };
  });
  return { ...content, attachments: shown };
}

/** Sends nothing: every message lies in the sandbox mailbox, to be looked at. */
export const sandbox: ProviderDefinition<z.infer<typeof settingsSchema>> = {
  name: "sandbox",
  behind: "nobody",
  channels: allChannels,
  schema: settingsSchema,
  secretNames: [],
  create: (_settings, environment) => new Sandbox(environment),
};
