/** Nobody is waited for longer than a day, whatever the header says. */
const retryAfterMsMax = 86_400_000;

/**
 * Milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3): seconds, or an HTTP date counted from `nowMs`.
 * Undefined where there is none or it cannot be read; never negative, at most a day.
 */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : /[a-z]/i.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMsMax);
}
