import { sdkLimits } from "../limits.ts";

/** How an attempt went that brought no success. */
export interface Failure {
  /** Left out where no answer came. */
  status?: number;
  code: string;
  retryAfterMs: number | undefined;
}

/** Statuses that may pass by themselves (RFC 9110 §15, RFC 8470 §5.2, RFC 6585 §4). */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Codes that the server gives before it does anything. The same status from something in front of it promises nothing. */
const refusals = new Set(["rate_limited", "overloaded", "stopping"]);

/** Whether the same call may be made again after a failure. */
export function mayRepeat(repeat: "always" | "refused", { status, code }: Failure): boolean {
  if (repeat === "refused") return refusals.has(code);
  return status === undefined || passing.has(status) || (status === 409 && code === "idempotency_in_progress");
}

/**
 * Time to wait before the attempt after `attempt`, counted from 1: drawn evenly from 0 to a bound that doubles ("full
 * jitter"), on top of what the server asked for. `random` gives 0 to 1.
 */
export function waitMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  const bound = Math.min(sdkLimits.retryWaitMsMax, sdkLimits.retryBaseMs * 2 ** (attempt - 1));
  return (retryAfterMs ?? 0) + random() * bound;
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). Undefined where it is neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const time = /[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
