import { lanes, messageStates } from "@tidings/contract/words";
import type { RunRecord } from "../../../ports/store/orchestrate.ts";
import { runStateCode, wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";
import { recipientRecord } from "./load-recipients.ts";

const waitingSql = `select run.*, event.payload, event.received_at, event.name from run join event on event.id = run.event_id
  where run.id = ? and run.state = ${runStateCode.waiting}`;

export const loadRuns: Call<"loadRuns"> = ({ database }, { ids }) =>
  ids.flatMap((id) => {
    const row = database.get(waitingSql, id);
    return row === undefined ? [] : [record(database, row)];
  });

function record(database: Database, row: SqlRow): RunRecord {
  const environmentId = integer(row, "environment_id");
  const recipient = text(row, "recipient");
  const messages = database.all(
    "select step, state from message where event_id = ? and run_id = ?",
    text(row, "event_id"),
    text(row, "id"),
  );
  return {
    id: text(row, "id"),
    environmentId,
    eventId: text(row, "event_id"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    recipient,
    tenant: text(row, "tenant"),
    lane: wordAt(lanes, integer(row, "lane")),
    step: integer(row, "step"),
    dueAt: integerOrNull(row, "due_at") ?? 0,
    expiresAt: integerOrNull(row, "expires_at"),
    cancellationHash: textOrNull(row, "cancellation_hash"),
    journal: textOrNull(row, "journal"),
    createdAt: integer(row, "created_at"),
    payload: text(row, "payload"),
    eventReceivedAt: integer(row, "received_at"),
    eventName: text(row, "name"),
    recipientRecord: recipientRecord(database, environmentId, recipient) ?? null,
    messages: messages.map((message) => ({
      step: text(message, "step"),
      state: wordAt(messageStates, integer(message, "state")),
    })),
  };
}
