import { channels, lanes, messageStates } from "@tidings/contract/words";
import type { AttemptRow, MessageRow } from "../../../ports/store/log.ts";
import { wordAt } from "../codes.ts";
import type { SqlRow } from "../columns.ts";
import { integer, integerOrNull, text, textOrNull } from "../columns.ts";

export function messageRow(row: SqlRow, attempts: readonly AttemptRow[]): MessageRow {
  return {
    id: text(row, "id"),
    eventId: text(row, "event_id"),
    runId: textOrNull(row, "run_id") ?? "",
    step: text(row, "step"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    template: text(row, "template"),
    channel: wordAt(channels, integer(row, "channel")),
    lane: wordAt(lanes, integer(row, "lane")),
    category: text(row, "category"),
    tenant: text(row, "tenant"),
    recipient: text(row, "recipient"),
    addressHash: text(row, "address_hash"),
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
    attempts,
  };
}
