import { z } from "zod";
import type { OutboundResponse, Outcome, ProviderEnvironment, SendContext } from "../../ports/provider.ts";
import type { AwsClient } from "../aws/account.ts";
import { awsFailure } from "../aws/refusal.ts";
import { codeOutcome, malformedAnswer, parsedJson } from "../vendor-outcome.ts";
import type { SesBatch } from "./ses-batches.ts";
import { bulkBody } from "./ses-bulk.ts";
import { sesCodes, sesToldApart } from "./ses-codes.ts";
import type { SesMail } from "./ses-mail.ts";
import { singleBody } from "./ses-request.ts";
import type { SesSettings } from "./ses-settings.ts";

const messageId = z.string().min(1).max(200);
const singleAnswer = z.object({ MessageId: messageId });
const bulkAnswer = z.object({
  BulkEmailEntryResults: z.array(
    z.object({ Status: z.string().regex(/^[A-Z_]{1,100}$/), MessageId: messageId.nullish().catch(undefined) }),
  ),
});
/** What is sent side by side where a whole call was refused for what one of its mails holds. */
const aloneAtOnceMax = 10;

/** One `send`: its requests share its time. */
export class SesCall {
  readonly #settings: SesSettings;
  readonly #environment: ProviderEnvironment;
  readonly #client: AwsClient;
  readonly #context: SendContext;
  readonly #endsAt: number;

  constructor(settings: SesSettings, environment: ProviderEnvironment, client: AwsClient, context: SendContext) {
    this.#settings = settings;
    this.#environment = environment;
    this.#client = client;
    this.#context = context;
    this.#endsAt = environment.clock.monotonic() + context.timeoutMs;
  }

  /** One outcome per mail, in order. */
  async sendBatch({ mails, entries }: SesBatch): Promise<Outcome[]> {
    const [first] = mails;
    if (first === undefined) return [];
    if (mails.length === 1) return [await this.#sendOne(first)];
    const response = await this.#post("/v2/email/outbound-bulk-emails", bulkBody(first, entries, this.#settings));
    const failure = this.#failureOf(response);
    if (failure === undefined) return readResults(response, mails.length);
    if (!isForContent(failure)) return mails.map(() => failure);
    const outcomes: Outcome[] = [];
    const waiting = mails.entries();
    const work = async (): Promise<void> => {
      for (const [index, mail] of waiting) outcomes[index] = await this.#sendOne(mail);
    };
    await Promise.all(Array.from({ length: aloneAtOnceMax }, work));
    return outcomes;
  }

  async #sendOne(mail: SesMail): Promise<Outcome> {
    const body = singleBody(mail, this.#settings, this.#environment.clock.now());
    const response = await this.#post("/v2/email/outbound-emails", body);
    const failure = this.#failureOf(response);
    if (failure !== undefined) return failure;
    const answer = response.status === "response" ? singleAnswer.safeParse(parsedJson(response.body)).data : undefined;
    return answer === undefined ? malformedAnswer : { status: "accepted", providerMessageId: answer.MessageId };
  }

  async #post(path: string, body: object): Promise<OutboundResponse> {
    const timeoutMs = Math.floor(this.#endsAt - this.#environment.clock.monotonic());
    if (timeoutMs < 1) return { status: "refused", code: "no_time_left", detail: "the call's time was over before it" };
    const request = { method: "POST", path, contentType: "application/json", body: JSON.stringify(body) } as const;
    return this.#client.call(request, { ...this.#context, timeoutMs });
  }

  #failureOf(response: OutboundResponse): Outcome | undefined {
    return awsFailure(response, this.#environment.clock.now(), sesCodes, sesToldApart);
  }
}

/** A refusal for what a mail holds, which may be another one's of the same call. */
const isForContent = (outcome: Outcome): boolean =>
  outcome.status === "rejected" &&
  (outcome.kind === "permanent" || outcome.unlisted === true) &&
  (outcome.scope ?? "message") === "message";

function readResults(response: OutboundResponse, count: number): Outcome[] {
  const answer = response.status === "response" ? bulkAnswer.safeParse(parsedJson(response.body)).data : undefined;
  const results = answer?.BulkEmailEntryResults ?? [];
  if (results.length !== count) return Array.from({ length: count }, () => malformedAnswer);
  return results.map(({ Status, MessageId }) => {
    if (Status !== "SUCCESS") return codeOutcome(sesCodes, Status);
    return { status: "accepted", ...(typeof MessageId === "string" ? { providerMessageId: MessageId } : {}) };
  });
}
