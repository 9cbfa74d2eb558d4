import { z } from "zod";
import { encryptPush, pushContentBytesMax } from "../../lib/push-encryption.ts";
import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";
import { addressInvalid, contentInvalid, fittingKey, secondsLeft } from "./options.ts";
import { readSubscription, type Subscription } from "./subscription.ts";
import { Vapid, vapidPublicKeyOf } from "./vapid.ts";
import { webPushFailure } from "./web-push-refusals.ts";

const settingsSchema = z
  .strictObject({
    /** `applicationServerKey` that browsers subscribe with, base64url. */
    publicKey: z.string(),
    privateKey: z.string(),
    /** Where the push service reaches who sends (RFC 8292 §2.1). */
    subject: z
      .string()
      .max(320)
      .refine((text) => /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/[!-~]+)$/.test(text), {
        error: "must be a mailto: or https: address",
      }),
    /** Origin that takes all calls instead of the endpoint's own; the path is kept. */
    baseUrl: baseUrlSchema.optional(),
  })
  .refine(({ publicKey, privateKey }) => vapidPublicKeyOf(privateKey) === publicKey, {
    path: ["privateKey"],
    error: "must be the private key to publicKey, both in base64url without padding",
  });
type Settings = z.infer<typeof settingsSchema>;

/** Four weeks: longer is kept nowhere. */
const ttlSecondsMax = 2_419_200;

/** RFC 8030 §5.3. */
const urgencies = { critical: "high", transactional: "normal", marketing: "low" } as const;

class WebPush implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #environment: ProviderEnvironment;
  readonly #vapid: Vapid;
  readonly #origin: string | undefined;

  constructor({ publicKey, privateKey, subject, baseUrl }: Settings, environment: ProviderEnvironment) {
    this.#environment = environment;
    this.#vapid = new Vapid(publicKey, privateKey, subject);
    this.#origin = baseUrl === undefined ? undefined : new URL(baseUrl).origin;
  }

  /** The push service, by its host. */
  destination(to: string): string {
    return readSubscription(to)?.endpoint.host ?? "";
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context)));
  }

  /** That the keys belong together is checked when they are set; push services have nothing that could be asked. */
  async probe(): Promise<ProbeResult> {
    return { status: "unchecked", detail: "the two keys belong together; a push service can only be asked by sending" };
  }

  async close(): Promise<void> {}

  async #sendOne(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    const subscription = readSubscription(message.to);
    if (subscription === undefined) return addressInvalid("not a subscription");
    const isSafe = subscription.endpoint.protocol === "https:" || this.#origin !== undefined;
    if (!isSafe) return addressInvalid("an endpoint without TLS");
    const content = Buffer.from(JSON.stringify(contentOf(message)));
    if (content.length > pushContentBytesMax) return contentInvalid(`more than ${pushContentBytesMax} bytes`);
    const body = encrypted(content, subscription);
    if (body === undefined) return addressInvalid("a key that is none");
    const response = await this.#post(message, subscription, body, context);
    return this.#outcomeOf(response, subscription);
  }

  #post(message: OutboundMessage, { endpoint }: Subscription, body: Buffer, { timeoutMs, trace }: SendContext) {
    const { clock, http } = this.#environment;
    const collapseKey = message.content.push?.collapseKey;
    return http.request({
      method: "POST",
      url: (this.#origin ?? endpoint.origin) + endpoint.pathname + endpoint.search,
      headers: {
        authorization: this.#vapid.headerFor(endpoint.origin, clock.now()),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        ttl: String(secondsLeft(message, clock.now(), ttlSecondsMax) ?? ttlSecondsMax),
        urgency: urgencies[message.lane],
        // RFC 8030 §5.4: 32 letters of base64url at most
        ...(collapseKey === undefined ? {} : { topic: fittingKey(collapseKey, /^[\w-]{1,32}$/, 32) }),
      },
      body,
      timeoutMs,
      trace,
    });
  }

  /** `Location`, which names the message, lets anybody take it back: it is kept nowhere. */
  #outcomeOf(response: OutboundResponse, { endpoint }: Subscription): Outcome {
    const failure = webPushFailure(response, this.#environment.clock.now());
    if (response.status === "response" && (response.statusCode === 401 || response.statusCode === 403))
      this.#vapid.drop(endpoint.origin);
    return failure ?? { status: "accepted" };
  }
}

function encrypted(content: Buffer, { keys }: Subscription): Buffer | undefined {
  try {
    return encryptPush(content, keys);
  } catch {
    return undefined;
  }
}

/** What the page's service worker gets as JSON; named like the options of `showNotification`, where it has such. */
function contentOf({ content: { subject, text, push } }: OutboundMessage) {
  return {
    title: subject ?? "",
    ...(text === undefined ? {} : { body: text }),
    ...(push?.url === undefined ? {} : { url: push.url }),
    ...(push?.imageUrl === undefined ? {} : { image: push.imageUrl }),
    ...(push?.badge === undefined ? {} : { badge: push.badge }),
    ...(push?.collapseKey === undefined ? {} : { tag: push.collapseKey }),
    ...(push?.data === undefined ? {} : { data: push.data }),
  };
}

/** Browsers, over their push services: RFC 8030 with the encryption of RFC 8291 and the identification of RFC 8292. */
export const webPush: ProviderDefinition<Settings> = {
  name: "web-push",
  channels: ["push"],
  schema: settingsSchema,
  secretNames: ["privateKey"],
  serves: (to) => to.startsWith("{"),
  create: (settings, environment) => new WebPush(settings, environment),
};
