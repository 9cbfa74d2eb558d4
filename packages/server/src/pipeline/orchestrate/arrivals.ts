import type { AwaitedPattern } from "../../domain/awaited-events.ts";
import { timeOfId } from "../../lib/ids.ts";
import type { Arrival } from "../../ports/store/waits.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { plainValueAt, waitKey } from "./wait-key.ts";

interface Turn {
  /** Recipients of the turn. */
  ids: readonly string[];
  /** The event's first turn, which speaks for those who wait for it whoever its recipients are. */
  isFirst: boolean;
  patterns: readonly AwaitedPattern[];
}

/** Under which keys an event arrives with a turn; none where nobody waits for events of its name. */
export function arrivalsOf(
  { record, payload }: EventWork,
  { ids, isFirst, patterns }: Turn,
  { limits }: Pick<OrchestrateDependencies, "limits">,
): Arrival[] {
  const { id: eventId, environmentId, name: event, tenant } = record;
  // By ids, whose times rise with each event that a process takes in, as the clock's do not.
  const at = payload.scheduledAt ?? timeOfId(eventId);
  const keptOf = new Map<string, number>();
  for (const { sameRecipient, paths, keptMs } of patterns) {
    const values = paths.map((path) => [path, plainValueAt(payload.data, path)] as const);
    if (values.some(([, value]) => value === undefined)) continue;
    for (const recipient of sameRecipient ? ids : isFirst ? [undefined] : []) {
      const key = waitKey({ environmentId, event, tenant, recipient, values });
      keptOf.set(key, Math.max(keptMs, keptOf.get(key) ?? 0));
    }
  }
  return [...keptOf].map(([keyHash, keptMs]) => ({
    environmentId,
    keyHash,
    eventId,
    at,
    expiresAt: at + Math.min(keptMs, limits.waits.keptMaxMs),
    wakesMax: limits.waits.wakesMax,
  }));
}
