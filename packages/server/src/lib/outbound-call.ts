import type { Dispatcher } from "undici";
import { faultDetails, type RefusedCode, refusedCodeOf, type UnknownCode, unknownCodeOf } from "./outbound-faults.ts";

export type OutboundHeaders = Record<string, string | string[] | undefined>;

export type OutboundResult =
  | { status: "response"; statusCode: number; headers: OutboundHeaders; body: Buffer }
  | { status: "refused"; code: string; detail: string }
  | { status: "unknown"; code: string; detail: string };

export const refused = (code: RefusedCode): OutboundResult => ({ status: "refused", code, detail: faultDetails[code] });
const unknown = (code: UnknownCode): OutboundResult => ({ status: "unknown", code, detail: faultDetails[code] });

const empty = Buffer.alloc(0);

/** Ends a request that is on its way. */
export type CallController = Pick<Dispatcher.DispatchController, "abort">;

/**
 * One request under way. States: queued (no byte written) → started (bytes may be out) → settled. Whatever ends it while
 * queued is `refused`, and it never starts afterwards; whatever ends it once started, short of a whole answer, is `unknown`.
 * What surely was not processed goes back from started to queued.
 */
export class OutboundCall implements Dispatcher.DispatchHandler {
  readonly #bodyBytesMax: number;
  readonly #settle: (result: OutboundResult) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#stop("aborted_before_send", "aborted");
  #controller: CallController | undefined;
  #settled = false;
  #statusCode = 0;
  #headers: OutboundHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    limits: { timeoutMs: number; bodyBytesMax: number },
    signal: AbortSignal | undefined,
    settle: (result: OutboundResult) => void,
  ) {
    this.#bodyBytesMax = limits.bodyBytesMax;
    this.#settle = settle;
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#stop("timeout_before_send", "timeout"), limits.timeoutMs);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  onRequestStart(controller: CallController): void {
    if (this.#settled) controller.abort(new Error("settled before it was sent"));
    else this.#controller = controller;
  }

  onResponseStart(controller: CallController, statusCode: number, headers: OutboundHeaders): void {
    // 1xx announces the answer, it is none
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    this.#headers = headers;
    if (Number(headers["content-length"]) > this.#bodyBytesMax) this.#abort(controller, "body_too_large");
  }

  onResponseData(controller: CallController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bodyBytesMax) this.#abort(controller, "body_too_large");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, second] = this.#chunks;
    const body = first === undefined ? empty : second === undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.#end({ status: "response", statusCode: this.#statusCode, headers: this.#headers, body });
  }

  onResponseError(_controller: CallController, error: Error): void {
    this.#end(this.#controller === undefined ? refused(refusedCodeOf(error)) : unknown(unknownCodeOf(error)));
  }

  /** The other side surely did not process it: as if it had not been started. */
  backToQueue(): void {
    this.#controller = undefined;
  }

  refuse(code: RefusedCode): void {
    this.#end(refused(code));
  }

  lose(code: UnknownCode): void {
    this.#end(unknown(code));
  }

  #stop(beforeSend: RefusedCode, afterSend: UnknownCode): void {
    if (this.#controller === undefined) this.#end(refused(beforeSend));
    else this.#abort(this.#controller, afterSend);
  }

  #abort(controller: CallController, code: UnknownCode): void {
    this.#end(unknown(code));
    controller.abort(new Error(code));
  }

  #end(result: OutboundResult): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#settle(result);
  }
}
