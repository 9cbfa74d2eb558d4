import { lanes, messageStates } from "@tidings/contract/words";
import type { EventPart } from "../../../ports/store/event-part.ts";
import type { RunRecord } from "../../../ports/store/orchestrate.ts";
import { runStateCode, wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";
import { readEffect } from "./effect.ts";
import { EventParts } from "./event-parts.ts";
import { recipientRecord } from "./load-recipients.ts";

const waitingSql = `select * from run where id = ? and state = ${runStateCode.waiting}`;

export const loadRuns: Call<"loadRuns"> = ({ database }, { ids }) => {
  const events = new EventParts(database);
  return ids.flatMap((id) => {
    const row = database.get(waitingSql, id);
    const event = row === undefined ? undefined : events.of(text(row, "event_id"));
    return row === undefined || event === undefined ? [] : [record(database, row, event)];
  });
};

function record(database: Database, row: SqlRow, event: EventPart): RunRecord {
  const environmentId = integer(row, "environment_id");
  const recipient = text(row, "recipient");
  const messages = database.all(
    "select step, state from message where event_id = ? and run_id = ?",
    event.id,
    text(row, "id"),
  );
  // Only a run without a time of its own can wait for an effect.
  const effect = row["due_at"] === null ? readEffect(database, text(row, "id")) : undefined;
  return {
    id: text(row, "id"),
    environmentId,
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    recipient,
    tenant: text(row, "tenant"),
    lane: wordAt(lanes, integer(row, "lane")),
    step: integer(row, "step"),
    dueAt: integerOrNull(row, "due_at") ?? effect?.baseAt ?? 0,
    expiresAt: integerOrNull(row, "expires_at"),
    cancellationHash: textOrNull(row, "cancellation_hash"),
    journal: textOrNull(row, "journal"),
    createdAt: integer(row, "created_at"),
    effect: effect ?? null,
    event,
    recipientRecord: recipientRecord(database, environmentId, recipient) ?? null,
    messages: messages.map((message) => ({
      step: text(message, "step"),
      state: wordAt(messageStates, integer(message, "state")),
    })),
  };
}
