import { channels, messageStates } from "@tidings/contract/words";
import type { Recent, RecentMessage } from "../../../domain/recent-message.ts";
import { uuidFrom } from "../../../lib/ids.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text } from "../columns.ts";

export const recentColumns = `message.created_at, message.workflow, message.category, message.channel, message.state, message.sent_at,
  message.delivered_at, message.opened_at, message.clicked_at, message.read_at`;

/** Ids of messages of that time, and later ones, are not below it. */
export const lowestIdAt = (at: number): string => uuidFrom(Math.max(0, at), "0".repeat(20));

/** Of rows that were read, newest first, up to one more than are wanted. */
export function recentOfRows(rows: readonly SqlRow[], since: number, max: number): Recent {
  const messages = rows.slice(0, max).map(recentMessage);
  return { messages: messages.filter(({ at }) => at >= since), isWhole: rows.length <= max };
}

function recentMessage(row: SqlRow): RecentMessage {
  return {
    at: integer(row, "created_at"),
    workflow: text(row, "workflow"),
    category: text(row, "category"),
    channel: wordAt(channels, integer(row, "channel")),
    state: wordAt(messageStates, integer(row, "state")),
    sentAt: integerOrNull(row, "sent_at"),
    deliveredAt: integerOrNull(row, "delivered_at"),
    openedAt: integerOrNull(row, "opened_at"),
    clickedAt: integerOrNull(row, "clicked_at"),
    readAt: integerOrNull(row, "read_at"),
  };
}
