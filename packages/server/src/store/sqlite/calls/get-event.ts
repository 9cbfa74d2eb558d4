import { eventStates, lanes, runStates } from "@tidings/contract/words";
import type { RunRow } from "../../../ports/store/log.ts";
import type { NewDecision } from "../../../ports/store/orchestrate.ts";
import { wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";
import { messageRow } from "./message-row.ts";

export const getEvent: Call<"getEvent"> = ({ database }, { environmentId, id, limit }) => {
  const row = database.get("select * from event where id = ? and environment_id = ?", id, environmentId);
  if (row === undefined) return undefined;
  const messages = database.all("select * from message where event_id = ? order by id limit ?", id, limit + 1);
  const runs = database.all("select * from run where event_id = ? order by id limit ?", id, limit + 1);
  const decisions = database.all("select * from decision where event_id = ? order by sequence limit ?", id, limit + 1);
  return {
    id,
    kind: integer(row, "kind") === 1 ? "message" : "event",
    name: text(row, "name"),
    state: wordAt(eventStates, integer(row, "state")),
    lane: wordAt(lanes, integer(row, "lane")),
    tenant: text(row, "tenant"),
    receivedAt: integer(row, "received_at"),
    dueAt: integerOrNull(row, "due_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    payload: text(row, "payload"),
    inline: textOrNull(row, "inline"),
    runs: runs.slice(0, limit).map(runRow),
    messages: messages.slice(0, limit).map((message) => messageRow(database, message)),
    decisions: decisions.slice(0, limit).map(decisionRow),
    truncated: messages.length > limit || runs.length > limit || decisions.length > limit,
  };
};

function runRow(row: SqlRow): RunRow {
  return {
    id: text(row, "id"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    recipient: text(row, "recipient"),
    state: wordAt(runStates, integer(row, "state")),
    dueAt: integerOrNull(row, "due_at"),
  };
}

function decisionRow(row: SqlRow): NewDecision {
  return {
    environmentId: integer(row, "environment_id"),
    eventId: text(row, "event_id"),
    runId: text(row, "run_id"),
    recipient: text(row, "recipient"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    step: text(row, "step"),
    channel: text(row, "channel"),
    outcome: text(row, "outcome"),
    reason: text(row, "reason"),
    detail: text(row, "detail"),
    at: integer(row, "at"),
  };
}
