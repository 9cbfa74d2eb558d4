import { retryAfterMs } from "../lib/retry-after.ts";
import type { OutboundResponse, Outcome } from "../ports/provider.ts";

interface StatusRule {
  from: number;
  to: number;
  kind: "transient" | "permanent";
  suppress?: true;
}

/** What a status says about a message that was not taken; the first row that fits. 2xx is not listed: it was taken. */
const statusRules: readonly StatusRule[] = [
  // no redirect is followed, and Standard Webhooks 1.0.0 counts it as a failure
  { from: 300, to: 399, kind: "permanent" },
  { from: 408, to: 408, kind: "transient" },
  // 410: the endpoint asks not to be called again
  { from: 410, to: 410, kind: "permanent", suppress: true },
  { from: 425, to: 425, kind: "transient" },
  { from: 429, to: 429, kind: "transient" },
  { from: 400, to: 499, kind: "permanent" },
  { from: 500, to: 599, kind: "transient" },
];

/** Refusals of the guarded client that no retry cures, and their code; every other one is transient under its own code. */
const permanentRefusals: Readonly<Record<string, string>> = {
  private_address: "address_refused",
  bad_url: "address_invalid",
  bad_request: "address_invalid",
};

/**
 * The outcome of a call that carried its messages in one request, where the status alone decides; undefined for 2xx,
 * which the provider reads itself. `nowMs` is what a date in Retry-After is counted from.
 */
export function failureOf(response: OutboundResponse, nowMs: number): Outcome | undefined {
  if (response.status === "unknown") return { status: "unknown", code: response.code, detail: response.detail };
  if (response.status === "refused") {
    const permanent = permanentRefusals[response.code];
    const kind = permanent === undefined ? "transient" : "permanent";
    return { status: "rejected", kind, code: permanent ?? response.code, detail: response.detail };
  }
  const { statusCode } = response;
  if (statusCode >= 200 && statusCode < 300) return undefined;
  const rule = statusRules.find(({ from, to }) => statusCode >= from && statusCode <= to);
  const code = String(statusCode);
  if (rule === undefined) return { status: "unknown", code, detail: "a status that HTTP does not know" };
  const wait = rule.kind === "transient" ? retryAfterMs(response.headers["retry-after"], nowMs) : undefined;
  return {
    status: "rejected",
    kind: rule.kind,
    code,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(rule.suppress === undefined ? {} : { suppress: rule.suppress }),
  };
}
