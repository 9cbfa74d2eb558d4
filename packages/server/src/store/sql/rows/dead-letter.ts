import type { DeadLetterKind, DeadLetterRow, MessageRow } from "../../../ports/store/log.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function deadLetterRow(row: SqlRow, message: MessageRow | undefined): DeadLetterRow {
  return {
    id: text(row, "id"),
    kind: kindOf(text(row, "kind")),
    reason: text(row, "reason"),
    detail: text(row, "detail"),
    at: integer(row, "at"),
    message,
    source: row["source"] === null ? undefined : { key: text(row, "source"), place: text(row, "place") },
  };
}

const kinds: readonly DeadLetterKind[] = ["message", "run", "source"];

const kindOf = (kind: string): DeadLetterKind => kinds.find((each) => each === kind) ?? "event";

/** Where a page begins: before this one, `at:id`; before no other one where that is empty. */
export function placeOf(before: string): { at: number; id: string } {
  const colon = before.indexOf(":");
  if (colon < 0) return { at: Number.MAX_SAFE_INTEGER, id: "" };
  return { at: Number(before.slice(0, colon)), id: before.slice(colon + 1) };
}
