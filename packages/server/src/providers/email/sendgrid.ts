import { z } from "zod";
import type {
  OutboundMessage,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { malformedAnswer, parsedJson } from "../vendor-outcome.ts";
import { type HttpMail, HttpMailReader, httpMailFields } from "./http-mail.ts";
import { aloneWhereRefused, grouped, isForContent, probeResult, sendInCalls, VendorCalls } from "./http-mail-calls.ts";
import { vendorMailSender } from "./mail-sender.ts";
import { line, oneClickFault, oneClickIsThere } from "./mail-settings.ts";
import { isSharedFault, namedRecipients, readSendgridAnswer } from "./sendgrid-answer.ts";
import { readSendgridKey, sendgridFeedback } from "./sendgrid-feedback.ts";
import { sendgridRequest } from "./sendgrid-request.ts";

const bases = { global: "https://api.sendgrid.com", eu: "https://api.eu.sendgrid.com" } as const;

/** v3 Mail Send, "Limitations": 1,000 recipients over all personalizations, less than 30 MB. */
const personalizationsMax = 1000;
const requestBytesMax = 20_000_000;

const settingsSchema = z
  .strictObject({
    apiKey: line(500),
    /** Regional subusers of the EU have an address of their own. */
    region: z.enum(["global", "eu"]).default("global"),
    /** Verification key of the Signed Event Webhook; without it no report is believed. */
    webhookPublicKey: line(1000)
      .refine((text) => readSendgridKey(text) !== undefined, {
        error: "must be the base64 of an ECDSA public key, as SendGrid shows it",
      })
      .optional(),
    /** Group of dedicated addresses that mail goes out from; the account's own where left out. */
    ipPool: line(64).optional(),
    ...httpMailFields,
  })
  .refine(oneClickIsThere, oneClickFault);
type Settings = z.infer<typeof settingsSchema>;

const scopesSchema = z.object({ scopes: z.array(z.string()) });

class SendGrid implements Provider {
  readonly maxBatch = personalizationsMax;
  readonly idempotent = false;
  readonly #reader: HttpMailReader;
  readonly #settings: Settings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#reader = new HttpMailReader("sendgrid", settings);
    this.#settings = settings;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const { ipPool } = this.#settings;
    const calls = this.#calls(context);
    const once = (mails: readonly HttpMail[]) => sendOnce(calls, mails, ipPool);
    const split = (mails: readonly HttpMail[]) =>
      grouped(mails, sameContent, { count: personalizationsMax, bytes: requestBytesMax, of: personalizationBytes });
    return sendInCalls(this.#reader, batch, split, (mails) => sendTogether(mails, once));
  }

  /** `GET /v3/scopes`: what the key may do, which every key may ask. */
  async probe(context: SendContext): Promise<ProbeResult> {
    return probeResult(await this.#calls(context).get("/v3/scopes"), (body) => {
      const scopes = scopesSchema.safeParse(parsedJson(body)).data?.scopes;
      if (scopes === undefined) return { status: "failed", code: "malformed_answer", detail: "no list of scopes" };
      if (scopes.includes("mail.send")) return { status: "ok" };
      return { status: "failed", code: "mail.send", detail: "the key may not send mail" };
    });
  }

  async close(): Promise<void> {}

  #calls(context: SendContext): VendorCalls {
    const { apiKey, region, baseUrl = bases[region] } = this.#settings;
    return new VendorCalls(this.#environment, baseUrl, { authorization: `Bearer ${apiKey}` }, context);
  }
}

/** Equal content goes in one call; of a stored template its merge data stand with each recipient. Files are not compared. */
function sameContent({ from, subject, text, html, attachments, stored }: HttpMail): string | undefined {
  if (attachments.length > 0) return undefined;
  return stored === undefined ? JSON.stringify([from, subject, text, html]) : JSON.stringify([from, stored.id]);
}

const personalizationBytes = ({ stored }: HttpMail): number => 2000 + 3 * JSON.stringify(stored?.data ?? {}).length;

type SendOnce = (mails: readonly HttpMail[]) => ReturnType<typeof sendOnce>;

/** One call; where SendGrid names the recipients that it was refused for, the others go once more without them. */
async function sendTogether(mails: readonly HttpMail[], once: SendOnce): Promise<Outcome[]> {
  const { outcome, fields } = await once(mails);
  const wrong = namedRecipients(fields, mails.length);
  if (!isForContent(outcome) || isSharedFault(fields) || wrong.size === mails.length) return mails.map(() => outcome);
  const alone = async (mail: HttpMail) => (await once([mail])).outcome;
  if (wrong.size === 0) return aloneWhereRefused(mails, outcome, alone);
  const others = mails.filter((_, index) => !wrong.has(index));
  const rest = await aloneWhereRefused(others, (await once(others)).outcome, alone);
  return mails.map((_, index) => (wrong.has(index) ? outcome : (rest.shift() ?? malformedAnswer)));
}

async function sendOnce(
  calls: VendorCalls,
  mails: readonly HttpMail[],
  ipPool: string | undefined,
): Promise<{ outcome: Outcome; fields: string[] }> {
  return readSendgridAnswer(await calls.postJson("/v3/mail/send", sendgridRequest(mails, ipPool)), calls.now());
}

/** Twilio SendGrid, Web API v3 (www.twilio.com/docs/sendgrid/api-reference/mail-send). */
export const sendgrid: ProviderDefinition<Settings> = {
  name: "sendgrid",
  channels: ["email"],
  schema: settingsSchema,
  secretNames: ["apiKey"],
  mailSender: vendorMailSender,
  create: (settings, environment) => new SendGrid(settings, environment),
  feedback: ({ webhookPublicKey }, request) => sendgridFeedback(webhookPublicKey, request),
};
