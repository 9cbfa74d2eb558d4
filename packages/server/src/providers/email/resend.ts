import { createHash } from "node:crypto";
import { z } from "zod";
import { parseSecrets } from "../../lib/standard-webhooks.ts";
import type {
  OutboundMessage,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import { type HttpMail, HttpMailReader, httpMailFields } from "./http-mail.ts";
import { aloneWhereRefused, bytesOf, grouped, probeResult, sendInCalls, VendorCalls } from "./http-mail-calls.ts";
import { vendorMailSender } from "./mail-sender.ts";
import { line, oneClickFault, oneClickIsThere } from "./mail-settings.ts";
import { batchMax, readResendAnswer, readResendBatch, readResendError } from "./resend-answer.ts";
import { resendFeedback } from "./resend-feedback.ts";
import { resendMail } from "./resend-request.ts";

const requestBytesMax = 20_000_000;

const settingsSchema = z
  .strictObject({
    apiKey: line(500),
    /**
     * Up to 100 mails per call. A call's Idempotency-Key is then the batch's, and a message that is tried again stands in another
     * batch: with it Resend no longer drops repetitions of a message.
     */
    batch: z.boolean().default(false),
    /** Signing secret of the webhook; several, parted by spaces, while it is replaced. Without it no report is believed. */
    webhookSecret: z
      .string()
      .max(1000)
      .refine((text) => parseSecrets(text) !== undefined, { error: "must be whsec_ and base64 of 24 to 64 bytes" })
      .optional(),
    ...httpMailFields,
  })
  .refine(oneClickIsThere, oneClickFault);
type Settings = z.infer<typeof settingsSchema>;

class Resend implements Provider {
  readonly maxBatch: number;
  /** Resend drops a repeated Idempotency-Key for 24 hours. */
  readonly idempotent: boolean;
  readonly #reader: HttpMailReader;
  readonly #settings: Settings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.maxBatch = settings.batch ? batchMax : 1;
    this.idempotent = !settings.batch;
    this.#reader = new HttpMailReader("resend", settings);
    this.#settings = settings;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const calls = this.#calls(context);
    const limits = { count: this.maxBatch, bytes: requestBytesMax, of: bytesOf };
    const split = (mails: readonly HttpMail[]) => grouped(mails, withoutFiles, limits);
    return sendInCalls(this.#reader, batch, split, async (mails) => {
      const [first] = mails;
      if (first !== undefined && mails.length === 1) return [await sendOne(calls, first)];
      const outcomes = await sendBatch(calls, mails);
      return Array.isArray(outcomes) ? outcomes : aloneWhereRefused(mails, outcomes, (mail) => sendOne(calls, mail));
    });
  }

  /** `GET /domains`. A key that may only send is told so, and thereby known. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const response = await this.#calls(context).get("/domains");
    const restricted =
      response.status === "response" && readResendError(parsedJson(response.body)).code === "restricted_api_key";
    return restricted ? { status: "ok" } : probeResult(response, () => ({ status: "ok" }));
  }

  async close(): Promise<void> {}

  #calls(context: SendContext): VendorCalls {
    const { apiKey, baseUrl = "https://api.resend.com" } = this.#settings;
    return new VendorCalls(this.#environment, baseUrl, { authorization: `Bearer ${apiKey}` }, context);
  }
}

const withoutFiles = ({ attachments }: HttpMail): string | undefined => (attachments.length === 0 ? "" : undefined);

async function sendOne(calls: VendorCalls, mail: HttpMail): Promise<Outcome> {
  const response = await calls.postJson("/emails", resendMail(mail), { "idempotency-key": mail.idempotencyKey });
  return readResendAnswer(response, calls.now());
}

async function sendBatch(calls: VendorCalls, mails: readonly HttpMail[]): Promise<Outcome[] | Outcome> {
  const headers = { "idempotency-key": batchKey(mails), "x-batch-validation": "permissive" };
  const response = await calls.postJson("/emails/batch", mails.map(resendMail), headers);
  return readResendBatch(response, calls.now(), mails.length);
}

/** The same mails in the same order are the same call. */
const batchKey = (mails: readonly HttpMail[]): string =>
  createHash("sha256")
    .update(JSON.stringify(mails.map(({ idempotencyKey }) => idempotencyKey)))
    .digest("hex");

/** Resend (resend.com/docs/api-reference/emails/send-email). */
export const resend: ProviderDefinition<Settings> = {
  name: "resend",
  channels: ["email"],
  schema: settingsSchema,
  secretNames: ["apiKey", "webhookSecret"],
  mailSender: vendorMailSender,
  create: (settings, environment) => new Resend(settings, environment),
  feedback: ({ webhookSecret }, request) => resendFeedback(webhookSecret, request),
};
