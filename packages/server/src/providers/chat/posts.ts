import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import type { Laid } from "./own-fields.ts";

/** A message as one POST of JSON. */
export interface Post {
  url: string;
  headers?: Record<string, string>;
  fields: Readonly<Record<string, unknown>>;
}

export type PostOrFault = Post | Extract<Outcome, { status: "rejected" }>;

/** What is particular to a vendor of chat messages. */
export interface ChatVendor {
  post(message: OutboundMessage): PostOrFault;
  /** What the answer to the message's request means. */
  outcome(response: OutboundResponse, nowMs: number, message: OutboundMessage): Outcome;
  /** A second request, where the answer says that the first went to a place that has moved. */
  again?(response: OutboundResponse, message: OutboundMessage): PostOrFault | undefined;
  destination?(to: string): string;
  /** What shows that the account works. */
  probe?(): { post: Post; read(response: OutboundResponse, nowMs: number): Outcome };
}

/** Time of one call where the integration's limits set none. */
export const chatTimeoutMs = 15_000;

/** Vendors of chat messages take one message per request, as JSON. */
export class ChatPosts implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly callTimeoutMs = chatTimeoutMs;
  readonly destination?: (to: string) => string;
  readonly probe?: (context: SendContext) => Promise<ProbeResult>;
  readonly #vendor: ChatVendor;
  readonly #environment: Pick<ProviderEnvironment, "http" | "clock">;

  constructor(vendor: ChatVendor, environment: Pick<ProviderEnvironment, "http" | "clock">) {
    this.#vendor = vendor;
    this.#environment = environment;
    const { destination, probe } = vendor;
    if (destination !== undefined) this.destination = destination;
    if (probe !== undefined) this.probe = (context) => this.#probe(probe(), context);
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#send(message, context)));
  }

  async close(): Promise<void> {}

  async #send(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    const post = this.#vendor.post(message);
    if ("status" in post) return post;
    const response = await this.#call(post, context);
    const again = this.#vendor.again?.(response, message);
    if (again !== undefined && "status" in again) return again;
    const last = again === undefined ? response : await this.#call(again, context);
    return this.#vendor.outcome(last, this.#environment.clock.now(), message);
  }

  async #probe({ post, read }: ReturnType<NonNullable<ChatVendor["probe"]>>, context: SendContext) {
    const outcome = read(await this.#call(post, context), this.#environment.clock.now());
    return outcome.status === "accepted"
      ? ({ status: "ok" } as const)
      : ({ status: "failed", code: outcome.code, detail: outcome.detail ?? "" } as const);
  }

  #call({ url, headers = {}, fields }: Post, { timeoutMs, trace }: SendContext): Promise<OutboundResponse> {
    return this.#environment.http.request({
      method: "POST",
      url,
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Tidings", ...headers },
      body: JSON.stringify(fields),
      timeoutMs,
      trace,
    });
  }
}

const rejected = (code: string, detail: string) =>
  ({ status: "rejected", kind: "permanent", code, detail }) as const satisfies Outcome;

/** The address is none of this vendor's. */
export const addressInvalid = rejected("address_invalid", "no address of this vendor");

/** The request for a message, unless its own fields do not fit. */
export function postOf(url: string, laid: Laid, headers: Record<string, string> = {}): PostOrFault {
  return "fault" in laid ? rejected("content_invalid", laid.fault) : { url, headers, fields: laid.fields };
}
