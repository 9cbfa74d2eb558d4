import type { OutboundHttp } from "../../ports/provider.ts";
import type { OtlpRequests } from "./otlp-request.ts";
import { rejectedSpans } from "./rejected-spans.ts";
import type { RecordedSpan } from "./span.ts";

export type Exported =
  /** `rejected`: of these, so many were not. */
  | { status: "taken"; rejected: number }
  /** They may be sent again. */
  | { status: "later"; code: string }
  | { status: "refused"; code: string };

export interface Exporter {
  send(spans: readonly RecordedSpan[]): Promise<Exported>;
}

/** Answers after which the same request may succeed (OTLP 1.x, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const answerBytesMax = 64 * 1024;

interface Options {
  http: OutboundHttp;
  requests: OtlpRequests;
  /** Base of the receiver, without a slash at its end. */
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/** Hands spans to a receiver over OTLP/HTTP with binary bodies, which every receiver has to take. */
export class OtlpExporter implements Exporter {
  readonly #on: Options;

  constructor(options: Options) {
    this.#on = options;
  }

  async send(spans: readonly RecordedSpan[]): Promise<Exported> {
    const { http, requests, url, headers, timeoutMs } = this.#on;
    const response = await http.request({
      method: "POST",
      url: `${url}/v1/traces`,
      headers: { "user-agent": "Tidings", ...headers, "content-type": "application/x-protobuf" },
      body: requests.bodyOf(spans),
      timeoutMs,
      bodyBytesMax: answerBytesMax,
    });
    if (response.status !== "response") return { status: "later", code: response.code };
    const { statusCode, body } = response;
    if (statusCode >= 200 && statusCode < 300)
      return { status: "taken", rejected: Math.min(spans.length, rejectedSpans(body)) };
    const code = String(statusCode);
    return retryable.has(statusCode) ? { status: "later", code } : { status: "refused", code };
  }
}
