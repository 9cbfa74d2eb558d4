import { z } from "zod";
import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { malformedAnswer, parsedJson, type VendorAnswer, vendorFailure } from "../vendor-outcome.ts";
import { authorizationOf, type TwilioAccount } from "./account.ts";
import { twilioCodes } from "./codes.ts";

const host = "https://api.twilio.com";

/** Form fields of a request; a name may come several times. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** What a message becomes at Twilio, or why it cannot. Pure. */
export type Compose = (message: OutboundMessage, nowMs: number) => Fields | Outcome;

export const contentInvalid = (detail: string): Outcome => ({
  status: "rejected",
  kind: "permanent",
  code: "content_invalid",
  detail,
});

const createdSchema = z.object({ sid: z.string().min(1).max(100) });
const faultSchema = z.object({ code: z.int() });
const accountStateSchema = z.object({ status: z.string().max(50) });

/** Its `message` may quote the number, so it is left. */
function faultOf(body: unknown): VendorAnswer {
  const fault = faultSchema.safeParse(body);
  return { code: fault.success ? String(fault.data.code) : undefined };
}

/**
 * An account of Twilio that sends one kind of thing: one request per message, to `Messages` or `Calls` of the REST API 2010-04-01
 * (twilio.com/docs/messaging/api/message-resource, twilio.com/docs/voice/api/call-resource). Twilio has no idempotency: a request
 * without an answer is unknown.
 */
export class TwilioProvider implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #account: TwilioAccount;
  readonly #resource: "Messages" | "Calls";
  readonly #compose: Compose;
  readonly #environment: ProviderEnvironment;

  constructor(
    account: TwilioAccount,
    resource: "Messages" | "Calls",
    compose: Compose,
    environment: ProviderEnvironment,
  ) {
    this.#account = account;
    this.#resource = resource;
    this.#compose = compose;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#create(message, context)));
  }

  /** Standard API keys may not read the account, only what was sent: its newest entry is asked for and left unread. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const ofKey = this.#account.apiKeySid !== undefined;
    const response = await this.#request("GET", ofKey ? `/${this.#resource}.json?PageSize=1` : ".json", context);
    const failure = vendorFailure(response, this.#environment.clock.now(), twilioCodes, faultOf);
    if (failure !== undefined && failure.status !== "accepted")
      return { status: "failed", code: failure.code, detail: failure.detail ?? "Twilio refuses the account" };
    if (ofKey || response.status !== "response") return { status: "ok" };
    const state = accountStateSchema.safeParse(parsedJson(response.body)).data?.status;
    if (state === "active") return { status: "ok" };
    return { status: "failed", code: "account_inactive", detail: "Twilio does not call the account active" };
  }

  async close(): Promise<void> {}

  async #create(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    const { clock, feedbackUrl } = this.#environment;
    const fields = this.#compose(message, clock.now());
    if ("status" in fields) return fields;
    const form = new URLSearchParams();
    for (const [name, value] of fields) form.append(name, value);
    if (feedbackUrl !== undefined) form.set("StatusCallback", callbackOf(feedbackUrl, message.id));
    const response = await this.#request("POST", `/${this.#resource}.json`, context, form.toString());
    const failure = vendorFailure(response, clock.now(), twilioCodes, faultOf);
    if (failure !== undefined) return failure;
    return response.status === "response" ? outcomeOf(response.body) : malformedAnswer;
  }

  #request(method: "GET" | "POST", path: string, context: SendContext, form?: string): Promise<OutboundResponse> {
    const { accountSid, baseUrl = host } = this.#account;
    return this.#environment.http.request({
      method,
      url: `${baseUrl.replace(/\/+$/, "")}/2010-04-01/Accounts/${accountSid}${path}`,
      headers: {
        authorization: authorizationOf(this.#account),
        accept: "application/json",
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: form }),
      timeoutMs: context.timeoutMs,
      trace: context.trace,
    });
  }
}

/** Twilio gives back nothing of ours but the address that it is to report to. */
const callbackOf = (feedbackUrl: string, messageId: string): string =>
  `${feedbackUrl}${feedbackUrl.includes("?") ? "&" : "?"}message=${encodeURIComponent(messageId)}`;

function outcomeOf(body: Buffer): Outcome {
  const created = createdSchema.safeParse(parsedJson(body));
  return created.success ? { status: "accepted", providerMessageId: created.data.sid } : malformedAnswer;
}
