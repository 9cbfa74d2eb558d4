import { z } from "zod";
import { parseSecrets, sign } from "../../lib/standard-webhooks.ts";
import type {
  OutboundMessage,
  Outcome,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";
import { failureOf } from "../http-outcomes.ts";

const settingsSchema = z.strictObject({
  secret: z
    .string()
    .max(1000)
    .refine((text) => parseSecrets(text) !== undefined, {
      error: "must be whsec_ and base64 of 24 to 64 bytes; up to five such, parted by spaces, while one is replaced",
    }),
  /** Origin that takes all calls instead of the address's own; the path is kept. */
  baseUrl: baseUrlSchema.optional(),
  /** Standard Webhooks recommends 15 to 30 s. */
  timeoutMs: z.int().min(100).max(60_000).default(15_000),
});
type Settings = z.infer<typeof settingsSchema>;

const addressInvalid: Outcome = { status: "rejected", kind: "permanent", code: "address_invalid", detail: "not a URL" };

class StandardWebhook implements Provider {
  readonly maxBatch = 1;
  /** Receivers drop a repeated `webhook-id` where they follow the specification, but nobody can hold them to it. */
  readonly idempotent = false;
  readonly #keys: readonly Buffer[];
  readonly #origin: string | undefined;
  readonly #timeoutMs: number;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#keys = parseSecrets(settings.secret) ?? [];
    if (this.#keys.length === 0) throw new Error("the secret was not validated");
    this.#origin = settings.baseUrl === undefined ? undefined : new URL(settings.baseUrl).origin;
    this.#timeoutMs = settings.timeoutMs;
    this.#environment = environment;
  }

  destination(to: string): string {
    if (!URL.canParse(to)) return "";
    const { host, port, protocol } = new URL(to);
    return port === "" ? `${host}:${protocol === "http:" ? 80 : 443}` : host;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#post(message, context)));
  }

  async close(): Promise<void> {}

  async #post(message: OutboundMessage, { timeoutMs, trace }: SendContext): Promise<Outcome> {
    const url = this.#target(message.to);
    if (url === undefined) return addressInvalid;
    const body = message.content.body ?? "{}";
    const { clock, http } = this.#environment;
    const timestamp = Math.floor(clock.now() / 1000);
    const headers = {
      "content-type": "application/json",
      "user-agent": "Tidings",
      "webhook-id": message.id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": sign(this.#keys, message.id, timestamp, body),
    };
    const response = await http.request({
      method: "POST",
      url,
      headers,
      body,
      timeoutMs: Math.min(this.#timeoutMs, timeoutMs),
      trace,
    });
    return failureOf(response, clock.now()) ?? { status: "accepted" };
  }

  #target(to: string): string | undefined {
    if (this.#origin === undefined) return to;
    if (!URL.canParse(to)) return undefined;
    const { pathname, search } = new URL(to);
    return this.#origin + pathname + search;
  }
}

/** Signed HTTP calls to the recipient's own endpoint, by Standard Webhooks 1.0.0 (standardwebhooks.com). */
export const standardWebhook: ProviderDefinition<Settings> = {
  name: "webhook",
  behind: "ourselves",
  channels: ["webhook"],
  schema: settingsSchema,
  secretNames: ["secret"],
  create: (settings, environment) => new StandardWebhook(settings, environment),
};
