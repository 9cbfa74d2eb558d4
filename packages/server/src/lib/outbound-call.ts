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

/**
 * One request under way. States: queued (no byte written) → started (bytes may be out) → settled. Whatever ends it while
 * queued is `refused`, and it never starts afterwards; whatever ends it once started, short of a whole answer, is `unknown`.
 */
export class OutboundCall implements Dispatcher.DispatchHandler {
  readonly #bodyBytesMax: number;
  readonly #settle: (result: OutboundResult) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#stop("aborted_before_send", "aborted");
  #controller: Dispatcher.DispatchController | undefined;
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

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) controller.abort(new Error("settled before it was sent"));
    else this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: OutboundHeaders): void {
    // 1xx announces the answer, it is none
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    this.#headers = headers;
    if (Number(headers["content-length"]) > this.#bodyBytesMax) this.#abort(controller, "body_too_large");
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bodyBytesMax) this.#abort(controller, "body_too_large");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, second] = this.#chunks;
    const body = first === undefined ? empty : second === undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.#end({ status: "response", statusCode: this.#statusCode, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#controller === undefined ? refused(refusedCodeOf(error)) : unknown(unknownCodeOf(error)));
  }

  #stop(beforeSend: RefusedCode, afterSend: UnknownCode): void {
    if (this.#controller === undefined) this.#end(refused(beforeSend));
    else this.#abort(this.#controller, afterSend);
  }

  #abort(controller: Dispatcher.DispatchController, code: UnknownCode): void {
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
