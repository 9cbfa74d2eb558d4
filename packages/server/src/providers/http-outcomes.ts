import { ruleOfRefusal, ruleOfStatus } from "../domain/http-status.ts";
import { retryAfterMs } from "../lib/retry-after.ts";
import type { OutboundResponse, Outcome } from "../ports/provider.ts";

/**
 * The outcome of a call that carried its messages in one request, where the status alone decides; undefined for 2xx,
 * which the provider reads itself. `nowMs` is what a date in Retry-After is counted from.
 */
export function failureOf(response: OutboundResponse, nowMs: number): Outcome | undefined {
  if (response.status === "unknown") return { status: "unknown", code: response.code, detail: response.detail };
  if (response.status === "refused")
    return { status: "rejected", ...ruleOfRefusal(response.code), detail: response.detail };
  const code = String(response.statusCode);
  const rule = ruleOfStatus(response.statusCode);
  if (rule === undefined) return { status: "unknown", code, detail: "a status that HTTP does not know" };
  if (rule.kind === "taken") return undefined;
  const wait = rule.kind === "transient" ? retryAfterMs(response.headers["retry-after"], nowMs) : undefined;
  return {
    status: "rejected",
    kind: rule.kind,
    code,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(rule.gone ? { suppress: true } : {}),
  };
}
