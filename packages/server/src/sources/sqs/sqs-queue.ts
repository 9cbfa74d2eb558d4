import { z } from "zod";
import { type AwsCredentials, AwsSigner } from "../../lib/aws-signature.ts";
import type { EventSourceParts } from "../../ports/event-source.ts";

export interface SqsAccount {
  queueUrl: string;
  region: string;
  baseUrl: string | undefined;
  credentials: AwsCredentials;
  requestTimeoutMs: number;
}

export interface ReceiveOptions {
  batchMax: number;
  waitSeconds: number;
  visibilitySeconds: number;
}

const attributeSchema = z.object({ StringValue: z.string().optional() });
const messageSchema = z.object({
  MessageId: z.string().min(1).max(200),
  ReceiptHandle: z.string().min(1),
  Body: z.string(),
  Attributes: z.record(z.string(), z.string()).nullish(),
  MessageAttributes: z.record(z.string(), attributeSchema).nullish(),
});
export type SqsMessage = z.infer<typeof messageSchema>;

const receivedSchema = z.object({ Messages: z.array(messageSchema).nullish() });
const failedSchema = z.object({ Failed: z.array(z.object({ Code: z.string() })).nullish() });
const attributesSchema = z.object({ Attributes: z.record(z.string(), z.string()).nullish() });
const errorSchema = z.object({ __type: z.string().max(200) });

/** A request that was refused, or did not get through, by the code that AWS or the network gave. */
export class SqsError extends Error {
  override name = "SqsError";
  readonly code: string;

  constructor(action: string, code: string) {
    super(`${action}: ${code}`);
    this.code = code;
  }
}

/**
 * One queue, over the JSON protocol of SQS (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference). Its calls throw an
 * SqsError, and never what stands in a message.
 */
export class SqsQueue {
  readonly #account: SqsAccount;
  readonly #parts: Pick<EventSourceParts, "http" | "clock">;
  readonly #signer: AwsSigner;
  readonly #url: string;

  constructor(account: SqsAccount, parts: Pick<EventSourceParts, "http" | "clock">) {
    this.#account = account;
    this.#parts = parts;
    this.#signer = new AwsSigner(account.credentials, account.region, "sqs");
    this.#url = `${(account.baseUrl ?? new URL(account.queueUrl).origin).replace(/\/+$/, "")}/`;
  }

  /** Waits for messages for so long as the options say. */
  async receive({ batchMax, waitSeconds, visibilitySeconds }: ReceiveOptions, signal: AbortSignal) {
    const body = {
      MaxNumberOfMessages: batchMax,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp", "MessageGroupId"],
    };
    return receivedSchema.parse(await this.#call("ReceiveMessage", body, waitSeconds * 1000, signal)).Messages ?? [];
  }

  delete(messages: readonly SqsMessage[]): Promise<void> {
    return this.#batch("DeleteMessageBatch", messages, {});
  }

  /** Hides them for so long from now on. */
  hide(messages: readonly SqsMessage[], seconds: number): Promise<void> {
    return this.#batch("ChangeMessageVisibilityBatch", messages, { VisibilityTimeout: seconds });
  }

  /** Messages that can be received now, as the queue estimates it. */
  async depth(): Promise<number> {
    const body = { AttributeNames: ["ApproximateNumberOfMessages"] };
    const { Attributes } = attributesSchema.parse(await this.#call("GetQueueAttributes", body));
    return Number(Attributes?.["ApproximateNumberOfMessages"] ?? Number.NaN);
  }

  async #batch(action: string, messages: readonly SqsMessage[], fields: object): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, ...fields }));
    const { Failed } = failedSchema.parse(await this.#call(action, { Entries }));
    const [failed] = Failed ?? [];
    if (failed !== undefined) throw new SqsError(action, failed.Code);
  }

  async #call(action: string, fields: object, waitMs = 0, signal?: AbortSignal): Promise<unknown> {
    const { queueUrl, requestTimeoutMs } = this.#account;
    const { http, clock } = this.#parts;
    const body = JSON.stringify({ QueueUrl: queueUrl, ...fields });
    const own = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` };
    const headers = this.#signer.sign({ method: "POST", url: this.#url, headers: own, body }, clock.now());
    const response = await http.request({
      method: "POST",
      url: this.#url,
      headers,
      body,
      timeoutMs: waitMs + requestTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status !== "response") throw new SqsError(action, response.code);
    const json = parsed(response.body);
    if (response.statusCode === 200 && json !== undefined) return json;
    // `com.amazonaws.sqs#QueueDoesNotExist`, or with a name of the older protocol behind a semicolon
    const given = errorSchema.safeParse(json).data?.__type.split("#").at(-1)?.split(";")[0] ?? "";
    throw new SqsError(action, /^[\w.]{1,100}$/.test(given) ? given : String(response.statusCode));
  }
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
