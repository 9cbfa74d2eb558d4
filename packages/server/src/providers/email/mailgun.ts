import { z } from "zod";
import { multipart } from "../../lib/multipart.ts";
import type {
  OutboundMessage,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { type HttpMail, HttpMailReader, httpMailFields } from "./http-mail.ts";
import { aloneWhereRefused, grouped, probeResult, sendInCalls, VendorCalls } from "./http-mail-calls.ts";
import { vendorMailSender } from "./mail-sender.ts";
import { line, oneClickFault, oneClickIsThere } from "./mail-settings.ts";
import { mailgunStatuses } from "./mailgun-codes.ts";
import { mailgunFeedback } from "./mailgun-feedback.ts";
import { mailgunForm, sharedForm } from "./mailgun-request.ts";

const bases = { us: "https://api.mailgun.net", eu: "https://api.eu.mailgun.net" } as const;

/** documentation.mailgun.com, "Batch sending": 1,000 recipients per call; a message has at most 25 MB. */
const recipientsMax = 1000;
const variablesBytesMax = 10_000_000;
/** Of the recipient variables of one mail: address, id and two headers. */
const variablesBytes = 2500;

const settingsSchema = z
  .strictObject({
    /** An account's key, or one of the domain's sending keys. */
    apiKey: line(500),
    domain: z
      .string()
      .regex(/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i, { error: "must be a domain, as Mailgun names it" }),
    /** Where the domain lies: each region has an address of its own, and knows nothing of the other's domains. */
    region: z.enum(["us", "eu"]).default("us"),
    /** HTTP webhook signing key of the account; without it no report is believed. */
    webhookSigningKey: line(500).optional(),
    ...httpMailFields,
  })
  .refine(oneClickIsThere, oneClickFault);
type Settings = z.infer<typeof settingsSchema>;

const answerSchema = z.object({ id: z.string().min(1).max(500) });

class Mailgun implements Provider {
  readonly maxBatch = recipientsMax;
  readonly idempotent = false;
  readonly #reader: HttpMailReader;
  readonly #settings: Settings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#reader = new HttpMailReader("mailgun", settings);
    this.#settings = settings;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const calls = this.#calls(context);
    return sendInCalls(this.#reader, batch, together, async (mails) => {
      const outcome = await this.#post(calls, mails);
      return aloneWhereRefused(mails, outcome, (mail) => this.#post(calls, [mail]));
    });
  }

  /** An empty message: 400 tells that key and domain are known. A sending key may ask nothing else. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const { contentType, body } = multipart([]);
    const response = await this.#calls(context).post(this.#path, body, { "content-type": contentType });
    if (response.status === "response" && response.statusCode === 400) return { status: "ok" };
    return probeResult(response, () => ({
      status: "failed",
      code: "malformed_answer",
      detail: "takes an empty message",
    }));
  }

  async close(): Promise<void> {}

  get #path(): string {
    return `/v3/${this.#settings.domain}/messages`;
  }

  async #post(calls: VendorCalls, mails: readonly HttpMail[]): Promise<Outcome> {
    const { contentType, body } = multipart(mailgunForm(mails));
    const response = await calls.post(this.#path, body, { "content-type": contentType });
    const failed = vendorFailure(response, calls.now(), mailgunStatuses, () => ({ code: undefined }));
    if (failed !== undefined) return failed;
    const read = answerSchema.safeParse(response.status === "response" && parsedJson(response.body)).data;
    return read === undefined ? malformedAnswer : { status: "accepted", providerMessageId: read.id };
  }

  #calls(context: SendContext): VendorCalls {
    const { apiKey, region, baseUrl = bases[region] } = this.#settings;
    const credentials = Buffer.from(`api:${apiKey}`).toString("base64");
    return new VendorCalls(this.#environment, baseUrl, { authorization: `Basic ${credentials}` }, context);
  }
}

/** Equal content goes in one call. Recipients' variables are found by address, so an address is there once. */
function together(mails: readonly HttpMail[]): HttpMail[][] {
  const seen = new Map<string, number>();
  const keyOf = (mail: HttpMail): string | undefined => {
    const shared = sharedForm(mail);
    if (shared === undefined) return undefined;
    const address = `${shared} ${mail.to.toLowerCase()}`;
    const times = seen.get(address) ?? 0;
    seen.set(address, times + 1);
    return `${times} ${shared}`;
  };
  return grouped(mails, keyOf, { count: recipientsMax, bytes: variablesBytesMax, of: () => variablesBytes });
}

/** Sinch Mailgun, API v3 (documentation.mailgun.com/docs/mailgun/api-reference). */
export const mailgun: ProviderDefinition<Settings> = {
  name: "mailgun",
  channels: ["email"],
  schema: settingsSchema,
  secretNames: ["apiKey", "webhookSigningKey"],
  mailSender: vendorMailSender,
  create: (settings, environment) => new Mailgun(settings, environment),
  feedback: ({ webhookSigningKey }, request) => mailgunFeedback(webhookSigningKey, request),
};
