import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Group, Ready } from "./place.ts";
import type { DeliverDependencies } from "./ports.ts";

/** An opt-out is in force within this: a call that waited for its moment for longer is not made. */
const startedMaxMs = 1000;

/** What one call will carry, its lease begun. `aheadMs`: its moment may be so far ahead. */
export function newGroup(
  { clock, ids, limits, node }: Pick<DeliverDependencies, "clock" | "ids" | "limits" | "node">,
  { key, document }: IntegrationConfiguration,
  ready: Ready[],
  callTimeoutMs: number | undefined,
  aheadMs: number,
): Group {
  const timeoutMs = document.limits?.timeoutMs ?? callTimeoutMs ?? limits.timeoutMs;
  const withMomentMs = Math.min(limits.leaseMarginMs + aheadMs, startedMaxMs);
  const leaseMs = timeoutMs + Math.max(limits.leaseMarginMs, withMomentMs);
  const at = clock.now();
  const start = { callId: ids.next(), integration: key, node, at, leaseUntil: at + leaseMs };
  return { start, ready, timeoutMs, leaseMs, leaseFrom: clock.monotonic() };
}
