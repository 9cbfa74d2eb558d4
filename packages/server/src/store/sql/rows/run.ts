import { lanes, messageStates } from "@tidings/contract/words";
import type { DigestEntry } from "../../../ports/store/digests.ts";
import type { RunMessage, RunRecord } from "../../../ports/store/orchestrate.ts";
import { messageStateCode, wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";
import { orderMark } from "./order-mark.ts";

interface Joined extends Pick<RunRecord, "event" | "recipientRecord" | "wait"> {
  /** What it waits for where that is no time. */
  effect: { attempts: number; dueAt: number; baseAt: number } | undefined;
  /** Its window with the entries in order, where it gathers one. */
  window: { window: SqlRow; entries: readonly SqlRow[] } | undefined;
  /** Rows with `runMessageColumns`. */
  messages: readonly SqlRow[];
}

export function runRecord(row: SqlRow, { effect, event, wait, recipientRecord, window, messages }: Joined): RunRecord {
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
    wait,
    watch: watchOf(row),
    recipientRecord,
    gathers: integer(row, "gathers") === 1,
    order: orderMark(row),
    window:
      window === undefined
        ? null
        : { version: integer(window.window, "version"), entries: window.entries.map(digestEntry) },
    messages: messages.map(runMessage),
  };
}

function watchOf(row: SqlRow): RunRecord["watch"] {
  const of = textOrNull(row, "watch_of");
  return of === null ? null : { of, from: integer(row, "watch_from"), told: textOrNull(row, "arrived_event") };
}

function digestEntry(row: SqlRow): DigestEntry {
  return {
    runId: text(row, "run_id"),
    eventId: text(row, "event_id"),
    at: integer(row, "at"),
    expiresAt: integerOrNull(row, "expires_at"),
    content: text(row, "content"),
  };
}

/** What is read of a run's messages. */
export const runMessageColumns = [
  ...["step", "state", "delivered_at", "opened_at", "read_at", "clicked_at"].map((column) => `message.${column}`),
  `case when message.state = ${messageStateCode.suppressed} and exists (select 1 from suppression s
    where s.environment_id = message.environment_id and s.channel = message.channel and s.address_hash = message.address_hash
      and s.scope = 'everything' and (s.reason in ('bounced', 'soft_bounces') or s.reason like 'refused: %')) then 1 else 0 end as undeliverable`,
].join(", ");

function runMessage(row: SqlRow): RunMessage {
  return {
    step: text(row, "step"),
    state: wordAt(messageStates, integer(row, "state")),
    isDelivered: row["delivered_at"] !== null,
    isOpened: row["opened_at"] !== null,
    isRead: row["read_at"] !== null,
    isClicked: row["clicked_at"] !== null,
    isUndeliverable: integer(row, "undeliverable") === 1,
  };
}
