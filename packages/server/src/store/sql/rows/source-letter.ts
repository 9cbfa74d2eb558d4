import type { SourceLetter } from "../../../ports/store/source-letters.ts";
import { integer, type SqlRow, text, textOrNull } from "../columns.ts";

export function sourceLetterRow(row: SqlRow): SourceLetter {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    source: text(row, "source"),
    place: text(row, "place"),
    identity: text(row, "identity"),
    reason: text(row, "reason"),
    detail: text(row, "detail"),
    at: integer(row, "at"),
    sealed: textOrNull(row, "sealed"),
  };
}
