import type { Descent } from "../../../domain/descent.ts";
import type { DerivedCount } from "../../../ports/store/derived.ts";
import { integer, type SqlRow, text, textOrNull } from "../columns.ts";

/** Of a row of `event`; undefined for one that is its own root. */
export function descentOf(row: SqlRow): Descent | undefined {
  const root = textOrNull(row, "root");
  return root === null ? undefined : { root, depth: integer(row, "depth") };
}

/** Of a row of `derived`. */
export function derivedCount(row: SqlRow): DerivedCount {
  return { events: integer(row, "events"), messages: integer(row, "messages") };
}

/** What an event's part has beside what all have: nothing for nearly every event. */
export function lineageOf(row: SqlRow): { generation?: number; descent?: Descent } {
  const generation = integer(row, "generation");
  const descent = descentOf(row);
  return { ...(generation === 0 ? {} : { generation }), ...(descent === undefined ? {} : { descent }) };
}

export const rootOf = (row: SqlRow): string => text(row, "root");
