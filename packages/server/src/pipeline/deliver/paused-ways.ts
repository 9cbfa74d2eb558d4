import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { Pause, Pauses } from "../../domain/pause.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";

/** What of a message decides about its ways. */
type Facts = Pick<Delivery, "last"> & { lane: Lane; tenant: string };

/**
 * Those of a message's integrations that are not paused; or, where it has to wait for one, the pause that keeps it: where all are paused,
 * that of the one that it would have gone by. Marketing whose last attempt's end is unknown goes nowhere else, as it may go out at most once.
 * Nor does marketing of an integration whose marketing is paused: another would get the same complaints.
 */
export function openWays(
  ordered: readonly IntegrationConfiguration[],
  { last, ...of }: Facts,
  pauses: Pauses,
  now: number,
): readonly IntegrationConfiguration[] | Pause {
  if (pauses.isEmpty) return ordered;
  if (of.lane === "marketing" && last?.outcome === "unknown" && ordered.some(({ key }) => key === last.integration)) {
    const bound = pauses.ofIntegration(last.integration, of, now);
    if (bound !== undefined) return bound;
  }
  const found = ordered.map(({ key }) => pauses.ofIntegration(key, of, now));
  const next = found.find((pause) => pause?.kind !== "integration");
  if (next !== undefined) return next;
  const open = ordered.filter((_, index) => found[index] === undefined);
  return open.length > 0 ? open : (found[0] ?? open);
}
