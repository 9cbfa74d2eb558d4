/** How far the time of a signature may be from ours, before and behind, where the vendor says nothing else. */
const toleranceDefaultMs = 300_000;

/** Until when a key has to be known: a signature that is ahead by the tolerance is taken for twice as long from now on. */
export function onceUntil(now: number, toleranceMs = toleranceDefaultMs): number {
  return now + 2 * toleranceMs;
}
