import { channels, lanes, messageStates } from "@tidings/contract/words";
import type { MessageRow } from "../../../ports/store/log.ts";
import { attemptsOf } from "../attempts.ts";
import { wordAt } from "../codes.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";

export function messageRow(database: Database, row: SqlRow): MessageRow {
  return {
    id: text(row, "id"),
    eventId: text(row, "event_id"),
    runId: text(row, "run_id"),
    step: text(row, "step"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    template: text(row, "template"),
    channel: wordAt(channels, integer(row, "channel")),
    lane: wordAt(lanes, integer(row, "lane")),
    category: text(row, "category"),
    tenant: text(row, "tenant"),
    recipient: text(row, "recipient"),
    state: wordAt(messageStates, integer(row, "state")),
    reason: textOrNull(row, "reason") ?? "",
    createdAt: integer(row, "created_at"),
    dueAt: integerOrNull(row, "due_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    sentAt: integerOrNull(row, "sent_at"),
    deliveredAt: integerOrNull(row, "delivered_at"),
    openedAt: integerOrNull(row, "opened_at"),
    clickedAt: integerOrNull(row, "clicked_at"),
    readAt: integerOrNull(row, "read_at"),
    complainedAt: integerOrNull(row, "complained_at"),
    decisions: text(row, "decisions"),
    attempts: attemptsOf(database, row),
  };
}
