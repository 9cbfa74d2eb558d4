import { z } from "zod";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { AttemptRow } from "../../ports/store/log.ts";
import type { Database, SqlRow, SqlValue } from "./database.ts";
import { integer, integerOrNull, text, textOrNull } from "./rows.ts";

/** A message row's `attempt`: the current one, as JSON. Times are ms. */
export const currentAttemptSchema = z.object({
  number: z.number(),
  call: z.string(),
  integration: z.string(),
  node: z.string(),
  started: z.number(),
  lease: z.number(),
  finished: z.number().optional(),
  outcome: z.enum(["accepted", "rejected", "unknown"]).optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  providerMessageId: z.string().optional(),
});
export type CurrentAttempt = z.infer<typeof currentAttemptSchema>;

/**
 * A call's attempt at a message, as it begins. Lease and process stand in front, where a statement finds them without
 * parsing (`ofOther`).
 */
export function startedAttempt({ callId, integration, node, at, leaseUntil }: CallStart, number: number): string {
  const attempt: CurrentAttempt = { lease: leaseUntil, node, number, call: callId, integration, started: at };
  return JSON.stringify(attempt);
}

const leaseAt = '{"lease":'.length + 1;
/** Times of this and the next centuries have as many digits. */
const leaseDigits = 13;
const nodeAt = leaseAt + leaseDigits + 1;

/**
 * SQL: the attempt's lease is over, or it is another process's. All messages under way are looked at with every poll, and
 * `->>` would parse each.
 */
export function ofOther(node: string, now: number): { sql: string; values: readonly SqlValue[] } {
  const front = `"node":${JSON.stringify(node)}`;
  return {
    sql: `(substr(attempt, ${leaseAt}, ${leaseDigits}) <= ? or substr(attempt, ${nodeAt}, ?) <> ?)`,
    values: [String(now).padStart(leaseDigits, "0"), front.length, front],
  };
}

export function currentAttempt(row: SqlRow): CurrentAttempt | undefined {
  const json = textOrNull(row, "attempt");
  return json === null ? undefined : currentAttemptSchema.parse(JSON.parse(json));
}

/** Makes room in the message's row: the attempt before becomes a row of its own. */
export function archiveAttempt(database: Database, messageId: string, attempt: CurrentAttempt): void {
  database.run(
    `insert or replace into attempt (message_id, number, call_id, integration, started_at, finished_at, outcome, code, detail, provider_message_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    messageId,
    attempt.number,
    attempt.call,
    attempt.integration,
    attempt.started,
    attempt.finished ?? null,
    attempt.outcome ?? "started",
    attempt.code ?? "",
    attempt.detail ?? "",
    attempt.providerMessageId ?? "",
  );
}

/** All attempts at a message, in order. */
export function attemptsOf(database: Database, row: SqlRow): AttemptRow[] {
  const current = currentAttempt(row);
  const earlier =
    integer(row, "attempts") > 1
      ? database.all("select * from attempt where message_id = ? order by number", text(row, "id")).map(earlierAttempt)
      : [];
  if (current === undefined) return earlier;
  return [
    ...earlier,
    {
      number: current.number,
      callId: current.call,
      integration: current.integration,
      startedAt: current.started,
      finishedAt: current.finished ?? null,
      outcome: current.outcome ?? "started",
      code: current.code ?? "",
      detail: current.detail ?? "",
      providerMessageId: current.providerMessageId ?? "",
    },
  ];
}

const outcomeSchema = z.enum(["started", "accepted", "rejected", "unknown"]);

function earlierAttempt(row: SqlRow): AttemptRow {
  return {
    number: integer(row, "number"),
    callId: text(row, "call_id"),
    integration: text(row, "integration"),
    startedAt: integer(row, "started_at"),
    finishedAt: integerOrNull(row, "finished_at"),
    outcome: outcomeSchema.parse(text(row, "outcome")),
    code: text(row, "code"),
    detail: text(row, "detail"),
    providerMessageId: text(row, "provider_message_id"),
  };
}
