import { z } from "zod";
import type {
  OutboundMessage,
  OutboundRequest,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { codeOutcome, malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { isGsm } from "./gsm-alphabet.ts";
import { vonageCodes } from "./vonage-codes.ts";
import { readVonage } from "./vonage-feedback.ts";
import { type VonageSettings, vonageSettingsSchema } from "./vonage-settings.ts";
import { signedParameters } from "./vonage-signature.ts";

const host = "https://rest.nexmo.com";

const answerSchema = z.object({
  messages: z
    .array(
      z.object({
        status: z.union([z.string().regex(/^\d{1,5}$/), z.int()]).transform(String),
        "message-id": z.string().optional(),
      }),
    )
    .min(1)
    .max(100),
});

/** `ttl` of the SMS API (Vonage's OpenAPI definition sms.yml): 20 s to 7 days, 72 h where it is left out. */
const ttlMsMin = 20_000;
const ttlMsDefault = 259_200_000;

const mediaRefused: Outcome = {
  status: "rejected",
  kind: "permanent",
  code: "content_invalid",
  detail: "the SMS API of Vonage takes no media",
};
const textMissing: Outcome = { status: "rejected", kind: "permanent", code: "content_invalid", detail: "no text" };
/** Some of a long message's parts went out, others did not. */
const partlyTaken: Outcome = { status: "unknown", code: "partly_taken", detail: "some parts were refused" };

class VonageSms implements Provider {
  readonly maxBatch = 1;
  /** `client-ref` comes back in receipts, and drops no repetition. */
  readonly idempotent = false;
  readonly #settings: VonageSettings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: VonageSettings, environment: ProviderEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#submit(message, context)));
  }

  async probe(context: SendContext): Promise<ProbeResult> {
    const response = await this.#request({ method: "GET", path: "/account/get-balance" }, context);
    const failure = this.#failure(response);
    if (failure === undefined || failure.status === "accepted") return { status: "ok" };
    return { status: "failed", code: failure.code, detail: failure.detail ?? "Vonage refuses the account" };
  }

  async close(): Promise<void> {}

  async #submit({ id, to, content, expiresAt }: OutboundMessage, context: SendContext): Promise<Outcome> {
    const { text = "", mediaUrls = [] } = content;
    if (mediaUrls.length > 0) return mediaRefused;
    if (text === "") return textMissing;
    const { clock, feedbackUrl } = this.#environment;
    const left = expiresAt === null ? ttlMsDefault : Math.max(expiresAt - clock.now(), ttlMsMin);
    const form = new URLSearchParams({
      from: this.#settings.from.replace(/^\+/, ""),
      to: to.replace(/^\+/, ""),
      text,
      type: isGsm(text) ? "text" : "unicode",
      "client-ref": id,
      ...(left < ttlMsDefault ? { ttl: String(left) } : {}),
      ...(feedbackUrl === undefined ? {} : { callback: feedbackUrl }),
    });
    const response = await this.#request({ method: "POST", path: "/sms/json", form: form.toString() }, context);
    return this.#failure(response) ?? (response.status === "response" ? outcomeOf(response.body) : malformedAnswer);
  }

  #failure(response: OutboundResponse): Outcome | undefined {
    return vendorFailure(response, this.#environment.clock.now(), vonageCodes, () => ({ code: undefined }));
  }

  #request(
    { method, path, form }: { method: OutboundRequest["method"]; path: string; form?: string },
    context: SendContext,
  ): Promise<OutboundResponse> {
    const { apiKey, apiSecret, baseUrl = host } = this.#settings;
    return this.#environment.http.request({
      method,
      url: `${baseUrl.replace(/\/+$/, "")}${path}`,
      headers: {
        authorization: `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString("base64")}`,
        accept: "application/json",
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: form }),
      timeoutMs: context.timeoutMs,
      trace: context.trace,
    });
  }
}

/** 200 says nothing: each part of the message has a status of its own. */
function outcomeOf(body: Buffer): Outcome {
  const answer = answerSchema.safeParse(parsedJson(body));
  if (!answer.success) return malformedAnswer;
  const { messages } = answer.data;
  const refused = messages.find(({ status }) => status !== "0");
  const taken = messages.find(({ status }) => status === "0");
  if (refused !== undefined) return taken === undefined ? codeOutcome(vonageCodes, refused.status) : partlyTaken;
  const id = taken?.["message-id"];
  return id === undefined ? malformedAnswer : { status: "accepted", providerMessageId: id };
}

/** SMS by Vonage's SMS API (developer.vonage.com/messaging/sms/overview). */
export const vonageSms: ProviderDefinition<VonageSettings> = {
  name: "vonage",
  channels: ["sms"],
  schema: vonageSettingsSchema,
  secretNames: ["apiSecret", "signatureSecret"],
  create: (settings, environment) => new VonageSms(settings, environment),
  feedback(settings, request) {
    const parameters = signedParameters(settings, request);
    return parameters === undefined ? { status: "forged" } : readVonage(parameters, request.now);
  },
};
