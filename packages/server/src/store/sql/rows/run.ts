import { lanes, messageStates } from "@tidings/contract/words";
import type { RunRecord } from "../../../ports/store/orchestrate.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";

interface Joined extends Pick<RunRecord, "event" | "recipientRecord"> {
  /** What it waits for where that is no time. */
  effect: { attempts: number; dueAt: number; baseAt: number } | undefined;
  /** Rows with `step` and `state`. */
  messages: readonly SqlRow[];
}

export function runRecord(row: SqlRow, { effect, event, recipientRecord, messages }: Joined): RunRecord {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    recipient: text(row, "recipient"),
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
    recipientRecord,
    messages: messages.map((message) => ({
      step: text(message, "step"),
      state: wordAt(messageStates, integer(message, "state")),
    })),
  };
}
