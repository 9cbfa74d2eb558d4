/** Keys are kept in buckets of this length: the tree into which random hashes fall stays small enough to be in memory. */
export const idempotencyBucketMs = 8 * 3_600_000;

export function bucketOf(at: number): number {
  return Math.floor(at / idempotencyBucketMs);
}
