const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Upper bounds of the buckets, ms; behind the last is one without a bound. Buckets are stored by place from 1 (0: not measured), so
 * that bounds never change: others would be another measure. Close to each other where a second is told from two.
 */
export const latencyBoundsMs = [
  10,
  25,
  50,
  100,
  250,
  500,
  second,
  2.5 * second,
  5 * second,
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  4 * hour,
  12 * hour,
  24 * hour,
] as const;

/** Number of the bucket, from 1. What seems to end before it began, by another's clock, took no time. */
export function latencyBucketOf(ms: number): number {
  let bucket = 1;
  for (const bound of latencyBoundsMs) {
    if (ms <= bound) return bucket;
    bucket += 1;
  }
  return bucket;
}

/**
 * The time, ms, that `share` (0 to 1) of what was counted took at most, evenly spread within its bucket; of the last bucket its
 * lower bound. Undefined where nothing was counted.
 */
export function latencyAt(counts: ReadonlyMap<number, number>, share: number): number | undefined {
  const buckets = [...counts].filter(([bucket, count]) => bucket > 0 && count > 0).sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  let left = share * total;
  let reached = 0;
  for (const [bucket, count] of buckets) {
    const lower = latencyBoundsMs[bucket - 2] ?? 0;
    const upper = latencyBoundsMs[bucket - 1] ?? lower;
    reached = lower + (upper - lower) * Math.min(1, left / count);
    if (left <= count) return Math.round(reached);
    left -= count;
  }
  return Math.round(reached);
}
