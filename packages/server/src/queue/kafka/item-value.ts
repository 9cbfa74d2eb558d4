import type { QueueItem } from "../../ports/queue.ts";

/**
 * A record's value: the item as JSON, ids and trace context alone. Its key is the id, so that work spreads evenly over the
 * partitions whoever publishes it.
 */
export function itemValue({ v, id, trace }: QueueItem): string {
  return JSON.stringify(trace === undefined ? { v, id } : { v, id, trace });
}

/** Undefined for what no version of this product that is known here has written. */
export function itemOf(value: Buffer | null): QueueItem | undefined {
  if (value === null) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { v, id, trace } = parsed as Record<string, unknown>;
  if (v !== 1 || typeof id !== "string") return undefined;
  return typeof trace === "string" ? { v, id, trace } : { v, id };
}

/** A partition by a hash of the id (FNV-1a). */
export function partitionOf(id: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % partitions;
}
