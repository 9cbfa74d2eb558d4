import type { InboxCounts } from "@tidings/contract/inbox";
import { countsOf, type InboxMarks } from "../../../domain/inbox.ts";
import type { InboxItemRow } from "../../../ports/store/inbox.ts";
import type { SqlRow } from "../columns.ts";
import { integer, integerOrNull, text, textOrNull } from "../columns.ts";

export function itemRow(row: SqlRow): InboxItemRow {
  return {
    id: text(row, "id"),
    createdAt: integer(row, "created_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    sealed: text(row, "sealed"),
    ...marksOfRow(row),
  };
}

export function marksOfRow(row: SqlRow): InboxMarks {
  return {
    seenAt: integerOrNull(row, "seen_at"),
    readAt: integerOrNull(row, "read_at"),
    archivedAt: integerOrNull(row, "archived_at"),
    action: textOrNull(row, "action"),
    actedAt: integerOrNull(row, "acted_at"),
  };
}

/** Of a row with the columns that counts depend on. */
export function countsOfRow(row: SqlRow): InboxCounts {
  return countsOf({
    seenAt: integerOrNull(row, "seen_at"),
    readAt: integerOrNull(row, "read_at"),
    archivedAt: integerOrNull(row, "archived_at"),
    action: null,
    actedAt: null,
  });
}
