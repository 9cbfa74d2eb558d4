import type { DeadLetterRow, MessageRow } from "../../../ports/store/log.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function deadLetterRow(row: SqlRow, message: MessageRow | undefined): DeadLetterRow {
  const kind = text(row, "kind");
  return {
    id: text(row, "id"),
    kind: kind === "message" || kind === "run" ? kind : "event",
    reason: text(row, "reason"),
    detail: text(row, "detail"),
    at: integer(row, "at"),
    message,
  };
}

/** Where a page begins: before this one, `at:id`; before no other one where that is empty. */
export function placeOf(before: string): { at: number; id: string } {
  const colon = before.indexOf(":");
  if (colon < 0) return { at: Number.MAX_SAFE_INTEGER, id: "" };
  return { at: Number(before.slice(0, colon)), id: before.slice(colon + 1) };
}
