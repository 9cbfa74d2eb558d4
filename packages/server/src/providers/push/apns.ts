import { z } from "zod";
import { isP256, readPrivateKey } from "../../lib/private-key.ts";
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
import { parsedJson } from "../vendor-outcome.ts";
import { apnsFailure, reasonOf } from "./apns-refusals.ts";
import { apnsHeaders, apnsPayload, isApnsToken, payloadBytesMax } from "./apns-request.ts";
import { ApnsToken } from "./apns-token.ts";
import { addressInvalid, contentInvalid } from "./options.ts";

/** "Sending notification requests to APNs". */
const servers = {
  production: "https://api.push.apple.com",
  sandbox: "https://api.sandbox.push.apple.com",
};

const tenCharacters = z.string().regex(/^[A-Z0-9]{10}$/, { error: "must be 10 upper-case letters and digits" });

const settingsSchema = z.strictObject({
  /** The .p8 file of the key, as text. */
  key: z.string().refine((text) => isP256(readPrivateKey(text)), {
    error: "must be the text of a .p8 file: a P-256 key in PEM",
  }),
  keyId: tenCharacters,
  teamId: tenCharacters,
  /** Bundle id of the application. */
  topic: z.string().regex(/^[A-Za-z0-9.-]{1,255}$/, { error: "must be the bundle id of the application" }),
  /** Tokens of applications that Xcode installed are of the sandbox. */
  server: z.enum(["production", "sandbox"]).default("production"),
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

/** A token that no device has. */
const impossibleToken = "0".repeat(64);

class Apns implements Provider {
  /** A request carries one notification; many are under way at once on one connection. */
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #environment: ProviderEnvironment;
  readonly #token: ApnsToken;
  readonly #topic: string;
  readonly #base: string;

  constructor({ key, keyId, teamId, topic, server, baseUrl }: Settings, environment: ProviderEnvironment) {
    const opened = readPrivateKey(key);
    if (opened === undefined) throw new Error("the key was not validated");
    this.#environment = environment;
    this.#token = new ApnsToken(opened, keyId, teamId);
    this.#topic = topic;
    this.#base = (baseUrl ?? servers[server]).replace(/\/+$/, "");
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context)));
  }

  /** An answer that finds fault with the token alone says that key, team and topic are right; nobody gets anything. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const headers = { "apns-topic": this.#topic, "apns-push-type": "background", "apns-priority": "5" };
    const response = await this.#post(impossibleToken, headers, '{"aps":{"content-available":1}}', context);
    if (response.status !== "response") return { status: "failed", code: response.code, detail: response.detail };
    const reason = reasonOf(parsedJson(response.body));
    if (reason === "BadDeviceToken") return { status: "ok" };
    return { status: "failed", code: reason ?? String(response.statusCode), detail: "APNs does not take the key" };
  }

  async close(): Promise<void> {}

  async #sendOne(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    if (!isApnsToken(message.to)) return addressInvalid("not a device token");
    const payload = apnsPayload(message);
    if (Buffer.byteLength(payload) > payloadBytesMax) return contentInvalid("more than 4096 bytes");
    const response = await this.#post(message.to, apnsHeaders(message, this.#topic), payload, context);
    const failure = apnsFailure(response, message, this.#environment.clock.now());
    if (failure !== undefined || response.status !== "response")
      return failure ?? { status: "unknown", code: "no_answer" };
    return { status: "accepted", providerMessageId: String(response.headers["apns-id"] ?? message.id) };
  }

  /** With the token at hand, and once more with another where that is called expired: such a request was not taken. */
  async #post(
    to: string,
    headers: Record<string, string>,
    body: string,
    { timeoutMs, trace }: SendContext,
  ): Promise<OutboundResponse> {
    const { clock, http2 } = this.#environment;
    const endsAt = clock.monotonic() + timeoutMs;
    const post = (token: string): Promise<OutboundResponse> =>
      http2.request({
        method: "POST",
        url: `${this.#base}/3/device/${to}`,
        headers: { authorization: `bearer ${token}`, ...headers },
        body,
        timeoutMs: endsAt - clock.monotonic(),
        trace,
      });
    const token = this.#token.at(clock.now());
    const response = await post(token);
    if (response.status !== "response" || response.statusCode !== 403) return response;
    if (reasonOf(parsedJson(response.body)) !== "ExpiredProviderToken") return response;
    const another = this.#token.inPlaceOf(token, clock.now());
    return another === undefined ? response : post(another);
  }
}

/** Apple devices, over APNs' HTTP/2 API with a token of the team's key. */
export const apns: ProviderDefinition<Settings> = {
  name: "apns",
  channels: ["push"],
  schema: settingsSchema,
  secretNames: ["key"],
  serves: isApnsToken,
  create: (settings, environment) => new Apns(settings, environment),
};
