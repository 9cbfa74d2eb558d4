import { hash } from "node:crypto";
import type { MovedRow } from "../store/sql/moved-table.ts";

/** A row as both sides write it: JSON of its values in the order of the columns. */
export const canonical = (row: MovedRow): string => JSON.stringify(row);

/**
 * Adds rows to the digest of a table: the exclusive or of their SHA-256, so that it is the same in whatever order and batches
 * they come. Rows differ by their keys, so none takes another away.
 */
export function digestWith(digest: string, rows: readonly string[]): string {
  const sum = Buffer.from(digest, "hex");
  for (const row of rows) {
    const own = hash("sha256", row, "buffer");
    for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) ^ (own[at] ?? 0);
  }
  return sum.toString("hex");
}
