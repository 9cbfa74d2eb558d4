import { eventStates, lanes, runStates } from "@tidings/contract/words";
import { eventKinds } from "../../../domain/event-kind.ts";
import type { EventRow, MessageRow, RunRow } from "../../../ports/store/log.ts";
import type { NewDecision } from "../../../ports/store/orchestrate.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";
import { derivedCount, descentOf } from "./descent.ts";

interface OfEvent {
  messages: readonly MessageRow[];
  runs: readonly SqlRow[];
  decisions: readonly SqlRow[];
  truncated: boolean;
  /** Of `derived`, where there is one. */
  derived: SqlRow | undefined;
}

/** An event as the log shows it, with what was made of it. */
export function eventRow(row: SqlRow, { messages, runs, decisions, truncated, derived }: OfEvent): EventRow {
  return {
    id: text(row, "id"),
    kind: wordAt(eventKinds, integer(row, "kind")),
    generation: integer(row, "generation"),
    name: text(row, "name"),
    state: wordAt(eventStates, integer(row, "state")),
    lane: wordAt(lanes, integer(row, "lane")),
    tenant: text(row, "tenant"),
    receivedAt: integer(row, "received_at"),
    dueAt: integerOrNull(row, "due_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    payload: text(row, "payload"),
    inline: textOrNull(row, "inline"),
    descent: descentOf(row),
    derived: derived && derivedCount(derived),
    runs: runs.map(runRow),
    messages,
    decisions: decisions.map(decisionRow),
    truncated,
  };
}

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

/** A decision that made no message. */
export function decisionRow(row: SqlRow): NewDecision {
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
    rule: text(row, "rule"),
    versions: text(row, "versions"),
    detail: text(row, "detail"),
    category: text(row, "category"),
    at: integer(row, "at"),
  };
}
