import { z } from "zod";
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
import { codeOutcome, malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { type HttpMail, HttpMailReader, httpMailFields } from "./http-mail.ts";
import { aloneWhereRefused, bytesOf, grouped, probeResult, sendInCalls, VendorCalls } from "./http-mail-calls.ts";
import { vendorMailSender } from "./mail-sender.ts";
import { line, oneClickFault, oneClickIsThere } from "./mail-settings.ts";
import { postmarkErrors, postmarkStatuses } from "./postmark-codes.ts";
import { postmarkFeedback } from "./postmark-feedback.ts";
import { postmarkMail } from "./postmark-request.ts";

/** developer/api/email-api, "Send batch emails": 500 messages and 50 MB per call. */
const messagesMax = 500;
const requestBytesMax = 45_000_000;

const settingsSchema = z
  .strictObject({
    serverToken: line(500),
    /** An integration sends by one stream; marketing mail belongs into a broadcast stream, and an integration of its own. */
    messageStream: z
      .string()
      .regex(/^[a-z0-9_-]{1,100}$/i, { error: "must be a stream's id" })
      .default("outbound"),
    /** User and password of the webhook's URL; without them no report is believed. */
    webhookUsername: line(200)
      .refine((text) => !text.includes(":"), { error: "must not contain a colon (RFC 7617)" })
      .optional(),
    webhookPassword: line(500).optional(),
    ...httpMailFields,
  })
  .refine(
    ({ webhookUsername, webhookPassword }) => (webhookUsername === undefined) === (webhookPassword === undefined),
    {
      error: "webhookUsername and webhookPassword go together",
      path: ["webhookPassword"],
    },
  )
  .refine(oneClickIsThere, oneClickFault);
type Settings = z.infer<typeof settingsSchema>;

const answerSchema = z.object({ ErrorCode: z.int().min(0).max(99_999), MessageID: z.string().max(200).optional() });

class Postmark implements Provider {
  readonly maxBatch = messagesMax;
  readonly idempotent = false;
  readonly #reader: HttpMailReader;
  readonly #settings: Settings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#reader = new HttpMailReader("postmark", settings);
    this.#settings = settings;
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const calls = this.#calls(context);
    const { messageStream } = this.#settings;
    const alone = (mail: HttpMail) => sendOne(calls, mail, messageStream);
    const split = (mails: readonly HttpMail[]) =>
      grouped(mails, byEndpoint, { count: messagesMax, bytes: requestBytesMax, of: bytesOf });
    return sendInCalls(this.#reader, batch, split, async (mails) => {
      const [first] = mails;
      if (first !== undefined && mails.length === 1) return [await alone(first)];
      const outcomes = await sendBatch(calls, mails, messageStream);
      return Array.isArray(outcomes) ? outcomes : aloneWhereRefused(mails, outcomes, alone);
    });
  }

  /** `GET /server`: what the token belongs to. */
  async probe(context: SendContext): Promise<ProbeResult> {
    return probeResult(await this.#calls(context).get("/server"), () => ({ status: "ok" }));
  }

  async close(): Promise<void> {}

  #calls(context: SendContext): VendorCalls {
    const { serverToken, baseUrl = "https://api.postmarkapp.com" } = this.#settings;
    return new VendorCalls(this.#environment, baseUrl, { "x-postmark-server-token": serverToken }, context);
  }
}

const byEndpoint = ({ stored }: HttpMail): string => (stored === undefined ? "content" : "template");

async function sendOne(calls: VendorCalls, mail: HttpMail, stream: string): Promise<Outcome> {
  const path = mail.stored === undefined ? "/email" : "/email/withTemplate";
  const response = await calls.postJson(path, postmarkMail(mail, stream));
  return failure(response, calls.now()) ?? outcomeOf(response.status === "response" && parsedJson(response.body));
}

/** One outcome per mail, or the one of the whole call. A batch is 200 whatever became of its mails: each has its ErrorCode. */
async function sendBatch(calls: VendorCalls, mails: readonly HttpMail[], stream: string): Promise<Outcome[] | Outcome> {
  const list = mails.map((mail) => postmarkMail(mail, stream));
  const response = await (mails[0]?.stored === undefined
    ? calls.postJson("/email/batch", list)
    : calls.postJson("/email/batchWithTemplates", { Messages: list }));
  const whole = failure(response, calls.now());
  if (whole !== undefined) return whole;
  const answers = response.status === "response" ? parsedJson(response.body) : undefined;
  return Array.isArray(answers) && answers.length === mails.length ? answers.map(outcomeOf) : malformedAnswer;
}

/** ErrorCodes look like statuses and mean other things, so each is looked for in its own table. */
function failure(response: OutboundResponse, now: number): Outcome | undefined {
  const { statusCode = 0, body } = response.status === "response" ? response : {};
  const code = body === undefined ? undefined : answerSchema.safeParse(parsedJson(body)).data?.ErrorCode;
  const byCode = statusCode >= 400 && statusCode < 500 && statusCode !== 429 && code !== undefined && code !== 0;
  if (byCode) return codeOutcome(postmarkErrors, String(code));
  return vendorFailure(response, now, postmarkStatuses, () => ({ code: undefined }));
}

function outcomeOf(answer: unknown): Outcome {
  const read = answerSchema.safeParse(answer).data;
  if (read === undefined) return malformedAnswer;
  if (read.ErrorCode !== 0) return codeOutcome(postmarkErrors, String(read.ErrorCode));
  return read.MessageID === undefined ? malformedAnswer : { status: "accepted", providerMessageId: read.MessageID };
}

/** ActiveCampaign Postmark (postmarkapp.com/developer/api/email-api). */
export const postmark: ProviderDefinition<Settings> = {
  name: "postmark",
  channels: ["email"],
  schema: settingsSchema,
  secretNames: ["serverToken", "webhookPassword"],
  mailSender: vendorMailSender,
  create: (settings, environment) => new Postmark(settings, environment),
  feedback: (settings, request) => postmarkFeedback(settings, request),
};
