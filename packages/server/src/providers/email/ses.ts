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
import { AwsClient, awsSecrets } from "../aws/account.ts";
import { probed } from "../aws/refusal.ts";
import { readSnsMessage } from "../aws/sns-messages.ts";
import { malformedAnswer, parsedJson } from "../vendor-outcome.ts";
import { vendorMailSender } from "./mail-sender.ts";
import { Senders } from "./senders.ts";
import { bulkMax, sesBatches } from "./ses-batches.ts";
import { SesCall } from "./ses-call.ts";
import { readSesEvent } from "./ses-events.ts";
import { readSesMail, type SesMail } from "./ses-mail.ts";
import { type SesSettings, sesSchema } from "./ses-settings.ts";

const accountAnswer = z.object({ SendingEnabled: z.boolean(), EnforcementStatus: z.string().nullish() });

class Ses implements Provider {
  readonly maxBatch: number;
  readonly idempotent = false;
  readonly #settings: SesSettings;
  readonly #environment: ProviderEnvironment;
  readonly #senders: Senders;
  readonly #client: AwsClient;

  constructor(settings: SesSettings, environment: ProviderEnvironment) {
    this.maxBatch = settings.bulk ? bulkMax : 1;
    this.#settings = settings;
    this.#environment = environment;
    this.#senders = new Senders(settings);
    this.#client = new AwsClient(settings, { host: "email", name: "ses" }, environment);
  }

  async send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const call = new SesCall(this.#settings, this.#environment, this.#client, context);
    const read = batch.map((message) => readSesMail(message, this.#senders, this.#settings));
    const mails = read.filter((each): each is SesMail => !("status" in each));
    const outcomes = new Map<SesMail, Outcome>();
    await Promise.all(
      sesBatches(mails, this.#settings.bulk).map(async (each) => {
        const got = await call.sendBatch(each);
        for (const [index, mail] of each.mails.entries()) outcomes.set(mail, got[index] ?? malformedAnswer);
      }),
    );
    return read.map((each) => ("status" in each ? each : (outcomes.get(each) ?? malformedAnswer)));
  }

  /** docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html. An account in the sandbox is one that works. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const response = await this.#client.call({ method: "GET", path: "/v2/email/account" }, context);
    const result = probed(response, this.#environment.clock.now(), "ses:GetAccount");
    if (result.status !== "ok" || response.status !== "response") return result;
    const account = accountAnswer.safeParse(parsedJson(response.body)).data;
    if (account === undefined) return { status: "failed", code: "malformed_answer", detail: "no account of SES" };
    if (!account.SendingEnabled || account.EnforcementStatus === "SHUTDOWN")
      return { status: "failed", code: "sending_paused", detail: "sending is paused for the account in this region" };
    return result;
  }

  async close(): Promise<void> {}
}

/** Mail by Amazon SES, API v2. Reports come as messages of an SNS topic. */
export const ses: ProviderDefinition<SesSettings> = {
  name: "ses",
  channels: ["email"],
  schema: sesSchema,
  secretNames: awsSecrets,
  mailSender: vendorMailSender,
  create: (settings, environment) => new Ses(settings, environment),
  feedback: async (settings, request, on) => {
    const read = await readSnsMessage(settings, request, on);
    return read.status === "notification" ? readSesEvent(read.message) : read;
  },
};
