import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { timeOfId } from "../../lib/ids.ts";
import { integer } from "../sql/columns.ts";
import { idempotencyBucketMs } from "../sql/idempotency.ts";
import { MoveRefused } from "../sql/move-refused.ts";

interface PartOptions {
  widthMs: number;
  /** The least id of a time. */
  firstIdOf: (timeMs: number) => string;
  partsMax: number;
}

/** Tables whose ids begin with their time, and go into parts of it. */
const timed = [
  ["event", "id"],
  ["run", "id"],
  ["message", "id"],
  ["attempt", "message_id"],
  ["decision", "event_id"],
] as const;

/** Beginnings of all parts by time that some row belongs to, ms: leaps along each index from part to part. */
export function partStarts(database: DatabaseSyncInstance, { widthMs, firstIdOf, partsMax }: PartOptions): number[] {
  const starts = new Set<number>();
  const endOfPart = (timeMs: number): number => {
    const start = Math.floor(timeMs / widthMs) * widthMs;
    starts.add(start);
    if (starts.size > partsMax)
      throw new MoveRefused(`the source's rows lie in more than ${partsMax} parts of ${widthMs / 86_400_000} days`, {
        hint: "Make parts longer: TIDINGS_DATABASE_PARTITION_DAYS",
      });
    return start + widthMs;
  };
  for (const [table, column] of timed) {
    const next = database.prepare(`select min(${column}) as id from ${table} where ${column} >= ?`);
    for (let from: string | undefined = ""; from !== undefined; ) {
      const id: unknown = next.get(from)?.id;
      from = typeof id === "string" ? firstIdOf(endOfPart(timeOfId(id))) : undefined;
    }
  }
  for (const row of database.prepare("select distinct bucket from idempotency").all())
    endOfPart(integer(row, "bucket") * idempotencyBucketMs);
  return [...starts].sort((a, b) => a - b);
}
