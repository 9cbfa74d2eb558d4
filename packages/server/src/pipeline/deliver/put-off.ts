import type { DayReason } from "@tidings/contract/allowances";
import { dayOf, startOfDay } from "../../domain/allowance.ts";
import type { Settlement } from "../../ports/store/deliver.ts";

/**
 * What becomes of a message that has to wait for the next day (UTC): its timer is spread over `spreadMs` behind midnight by `jitter`,
 * in [0, 1). Who waits in vain expires at once, as with a retry.
 */
export function untilNextDay(
  reason: DayReason,
  { now, expiresAt }: { now: number; expiresAt: number | null },
  spreadMs: number,
  jitter: number,
): Settlement["after"] {
  const dueAt = startOfDay(dayOf(now) + 1) + Math.ceil(spreadMs * jitter);
  return expiresAt !== null && dueAt >= expiresAt ? { state: "expired", reason } : { state: "queued", dueAt, reason };
}
