import { integerOrNull, text } from "../sql/columns.ts";
import type { Session } from "./session.ts";

/** SQL: gives a row while a store is moved in and not whole. */
export const halfMovedSql = "select place from store_move where completed_at is null";

/** A server that worked on half a store would take what is missing for gone. */
export async function refuseHalfMoved(sql: Session): Promise<void> {
  const row = await sql.get(halfMovedSql);
  if (row !== undefined)
    throw new Error(
      `the database holds a part of the store that is moved in from ${text(row, "place")}: end that first (tidings migrate-store)`,
    );
}

/** A move into this database, complete or not. */
export interface StoredMove {
  source: string;
  place: string;
  sourceState: string;
  completedAt: number | null;
}

/** Undefined where no store was ever moved in. */
export async function storedMove(sql: Session): Promise<StoredMove | undefined> {
  const row = await sql.get("select source, place, source_state, completed_at from store_move");
  if (row === undefined) return undefined;
  return {
    source: text(row, "source"),
    place: text(row, "place"),
    sourceState: text(row, "source_state"),
    completedAt: integerOrNull(row, "completed_at"),
  };
}
