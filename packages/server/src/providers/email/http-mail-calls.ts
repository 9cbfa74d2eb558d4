import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { malformedAnswer } from "../vendor-outcome.ts";
import type { HttpMail, HttpMailReader } from "./http-mail.ts";

/** What is sent beside each other where the messages of a refused call go out one by one. */
const aloneAtOnceMax = 10;

/** One `send`'s or `probe`'s requests at a vendor: all share its time. */
export class VendorCalls {
  readonly #environment: ProviderEnvironment;
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #context: SendContext;
  readonly #endsAt: number;

  constructor(environment: ProviderEnvironment, base: string, headers: Record<string, string>, context: SendContext) {
    this.#environment = environment;
    this.#base = base.replace(/\/+$/, "");
    this.#headers = { "user-agent": "Tidings", accept: "application/json", ...headers };
    this.#context = context;
    this.#endsAt = environment.clock.monotonic() + context.timeoutMs;
  }

  now(): number {
    return this.#environment.clock.now();
  }

  postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<OutboundResponse> {
    return this.post(path, JSON.stringify(body), { "content-type": "application/json", ...headers });
  }

  post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<OutboundResponse> {
    return this.#request("POST", path, headers, body);
  }

  get(path: string): Promise<OutboundResponse> {
    return this.#request("GET", path, {});
  }

  async #request(
    method: "POST" | "GET",
    path: string,
    headers: Record<string, string>,
    body?: string | Buffer,
  ): Promise<OutboundResponse> {
    const timeoutMs = Math.floor(this.#endsAt - this.#environment.clock.monotonic());
    if (timeoutMs < 1) return { status: "refused", code: "no_time_left", detail: "the call's time was over before it" };
    return this.#environment.http.request({
      method,
      url: this.#base + path,
      headers: { ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      trace: this.#context.trace,
    });
  }
}

/**
 * Sends a batch by calls that carry what goes together, side by side: `split` says what does, `call` gives one outcome per mail
 * of a call. Gives one per message, in order.
 */
export async function sendInCalls(
  reader: HttpMailReader,
  batch: readonly OutboundMessage[],
  split: (mails: readonly HttpMail[]) => readonly HttpMail[][],
  call: (mails: readonly HttpMail[]) => Promise<readonly Outcome[]>,
): Promise<Outcome[]> {
  const read = batch.map((message) => reader.read(message));
  const outcomes = new Map<HttpMail, Outcome>();
  const mails = read.filter((each): each is HttpMail => !("status" in each));
  await Promise.all(
    split(mails).map(async (group) => {
      const got = await call(group);
      for (const [index, mail] of group.entries()) outcomes.set(mail, got[index] ?? malformedAnswer);
    }),
  );
  return read.map((each) => ("status" in each ? each : (outcomes.get(each) ?? malformedAnswer)));
}

/** Mails with the same key together, in order; one whose key is undefined is a call of its own. `of` says what one adds, bytes. */
export function grouped(
  mails: readonly HttpMail[],
  keyOf: (mail: HttpMail) => string | undefined,
  limits: { count: number; bytes: number; of: (mail: HttpMail) => number },
): HttpMail[][] {
  const groups: HttpMail[][] = [];
  const open = new Map<string, { mails: HttpMail[]; bytes: number }>();
  for (const mail of mails) {
    const key = keyOf(mail);
    const bytes = limits.of(mail);
    const group = key === undefined ? undefined : open.get(key);
    if (group !== undefined && group.mails.length < limits.count && group.bytes + bytes <= limits.bytes) {
      group.mails.push(mail);
      group.bytes += bytes;
      continue;
    }
    const begun = { mails: [mail], bytes };
    groups.push(begun.mails);
    if (key !== undefined) open.set(key, begun);
  }
  return groups;
}

/** What a mail with all its content adds to a request at most: three bytes of UTF-8 per unit of UTF-16; base64 is one each. */
export function bytesOf({ subject, text = "", html = "", attachments, stored }: HttpMail): number {
  const units = stored === undefined ? subject.length + text.length + html.length : JSON.stringify(stored.data).length;
  return 1000 + 3 * units + attachments.reduce((sum, { base64 }) => sum + base64.length, 0);
}

/** A refusal for what a message holds, which may be another message's of the same call. */
export const isForContent = (outcome: Outcome): boolean =>
  outcome.status === "rejected" && (outcome.kind === "permanent" || outcome.unlisted === true);

/** Where a call of several was refused for what one of them holds and nobody says which, each goes out by itself, once. */
export async function aloneWhereRefused(
  mails: readonly HttpMail[],
  outcome: Outcome,
  alone: (mail: HttpMail) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes = mails.map(() => outcome);
  if (mails.length === 1 || !isForContent(outcome)) return outcomes;
  const waiting = mails.entries();
  const work = async (): Promise<void> => {
    for (const [index, mail] of waiting) outcomes[index] = await alone(mail);
  };
  await Promise.all(Array.from({ length: Math.min(aloneAtOnceMax, mails.length) }, work));
  return outcomes;
}

/** What the answer to a look at an account means; `good` reads one of 2xx. */
export function probeResult(response: OutboundResponse, good: (body: Buffer) => ProbeResult): ProbeResult {
  if (response.status !== "response") return { status: "failed", code: response.code, detail: response.detail };
  const { statusCode, body } = response;
  if (statusCode >= 200 && statusCode < 300) return good(body);
  return { status: "failed", code: String(statusCode), detail: `the vendor answers ${statusCode}` };
}
