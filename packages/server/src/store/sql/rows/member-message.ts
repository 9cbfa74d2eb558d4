import { channels } from "@tidings/contract/words";
import type { MemberMessage } from "../../../domain/segment.ts";
import { wordAt } from "../codes.ts";
import { integer, type SqlRow, text } from "../columns.ts";

/** Columns that a row of it needs. */
export const memberMessageColumns =
  "created_at, category, workflow, channel, sent_at, delivered_at, opened_at, clicked_at, read_at";

export function memberMessageOf(row: SqlRow): MemberMessage {
  return {
    madeAt: integer(row, "created_at"),
    category: text(row, "category"),
    workflow: text(row, "workflow"),
    channel: wordAt(channels, integer(row, "channel")),
    isSent: row["sent_at"] !== null,
    isDelivered: row["delivered_at"] !== null,
    isOpened: row["opened_at"] !== null,
    isClicked: row["clicked_at"] !== null,
    isRead: row["read_at"] !== null,
  };
}
