import type { FetchRequest, FetchStep } from "@tidings/contract/workflows";
import type { FetchAnswer } from "../../domain/fetch-result.ts";
import { ruleOfRefusal, ruleOfStatus } from "../../domain/http-status.ts";
import { isDeeper } from "../../domain/json-depth.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import { retryAfterMs } from "../../lib/retry-after.ts";
import type { OutboundHttp, OutboundResponse } from "../../ports/provider.ts";
import type {
  CompiledRequest,
  RenderedRequest,
  RequestFacts,
  RequestTemplates,
} from "../../ports/request-templates.ts";
import type { RequestTrace } from "../../ports/tracer.ts";

/** What of an answer may become a result: deeper, it would be too deep for what reads it. */
const answerDepthMax = 32;

export interface FetchServices {
  http: OutboundHttp;
  requests: RequestTemplates;
  limits: { responseBytesMax: number; timeoutMs: number };
  trace: RequestTrace | undefined;
}

/** Compiled by the step's own request object; gone with its workflow. */
const compiled = new WeakMap<FetchRequest, CompiledRequest>();

/**
 * One try of a fetch step. The idempotency key is the same for all tries of a run's step, so that the far side can drop a
 * repetition (draft-ietf-httpapi-idempotency-key-header). Never throws for what the network, the far side or a value does.
 */
export async function fetchOnce(
  step: FetchStep,
  facts: RequestFacts,
  idempotencyKey: string,
  now: () => number,
  { http, requests, limits, trace }: FetchServices,
): Promise<FetchAnswer> {
  const request = render(step.request, facts, requests);
  if (request === undefined) return { status: "failed", kind: "permanent", code: "template_failed" };
  const response = await http.request({
    method: step.request.method,
    url: request.url,
    headers: {
      accept: "application/json",
      "user-agent": "Tidings",
      ...request.headers,
      "idempotency-key": idempotencyKey,
    },
    ...(request.body === undefined ? {} : { body: request.body }),
    timeoutMs: step.timeoutMs ?? limits.timeoutMs,
    bodyBytesMax: limits.responseBytesMax,
    trace,
  });
  return answerOf(response, now());
}

function render(request: FetchRequest, facts: RequestFacts, requests: RequestTemplates): RenderedRequest | undefined {
  let run = compiled.get(request);
  try {
    run ??= requests.compile(request);
    compiled.set(request, run);
    return run(facts);
  } catch {
    // A TemplateFault: its text could be shown, but a value that does not fit is all that can be left to go wrong here.
    return undefined;
  }
}

/** Answers that no other try would change, whatever the network does. */
const permanentUnknowns: ReadonlySet<string> = new Set(["body_too_large", "headers_too_large"]);

function answerOf(response: OutboundResponse, nowMs: number): FetchAnswer {
  if (response.status === "refused") return { status: "failed", ...ruleOfRefusal(response.code) };
  if (response.status === "unknown")
    return {
      status: "failed",
      kind: permanentUnknowns.has(response.code) ? "permanent" : "transient",
      code: response.code,
    };
  const { statusCode, headers, body } = response;
  const rule = ruleOfStatus(statusCode);
  if (rule?.kind === "taken") return resultOf(statusCode, body);
  const wait = retryAfterMs(headers["retry-after"], nowMs);
  return {
    status: "failed",
    kind: rule?.kind === "transient" ? "transient" : "permanent",
    code: String(statusCode),
    statusCode,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function resultOf(statusCode: number, bytes: Buffer): FetchAnswer {
  const failed = (code: string): FetchAnswer => ({ status: "failed", kind: "permanent", code, statusCode });
  if (bytes.length === 0) return { status: "answered", statusCode, body: null };
  if (isDeeper(bytes, answerDepthMax)) return failed("answer_too_deep");
  try {
    const body: Json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { status: "answered", statusCode, body };
  } catch {
    return failed("answer_not_json");
  }
}
