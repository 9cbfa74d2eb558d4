import { webhookDeliveryStates, webhookTypes } from "@tidings/contract/webhooks";
import type { WebhookAttemptRow } from "../../../ports/store/webhook-attempts.ts";
import type { WebhookDeliveryRow } from "../../../ports/store/webhooks.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";

export function webhookDeliveryRow(row: SqlRow): WebhookDeliveryRow {
  return {
    id: text(row, "id"),
    webhookId: text(row, "webhook_id"),
    environmentId: integer(row, "environment_id"),
    messageId: text(row, "message_id"),
    recipient: text(row, "recipient"),
    payload: textOrNull(row, "payload"),
    type: wordAt(webhookTypes, integer(row, "type")),
    state: wordAt(webhookDeliveryStates, integer(row, "state")),
    at: integer(row, "at"),
    dueAt: integerOrNull(row, "due_at"),
    settledAt: integerOrNull(row, "settled_at"),
    attempts: integer(row, "attempts"),
    tries: integer(row, "tries"),
  };
}

export function webhookAttemptRow(row: SqlRow): WebhookAttemptRow {
  return {
    number: integer(row, "number"),
    at: integer(row, "at"),
    durationMs: integer(row, "duration_ms"),
    status: integerOrNull(row, "status"),
    code: text(row, "code"),
  };
}
