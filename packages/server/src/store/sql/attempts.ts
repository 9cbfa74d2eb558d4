import { z } from "zod";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { AttemptOutcome } from "../../ports/store/deliver.ts";
import type { AttemptRow } from "../../ports/store/log.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "./columns.ts";

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
export function startedAttempt(call: CallStart, number: number): string {
  if (lastStarted.call === call && lastStarted.number === number) return lastStarted.text;
  const { callId, integration, node, at, leaseUntil } = call;
  const attempt: CurrentAttempt = { lease: leaseUntil, node, number, call: callId, integration, started: at };
  lastStarted = { call, number, text: JSON.stringify(attempt) };
  return lastStarted.text;
}

/** Messages of one call come one after the other, and their attempts begin alike. */
let lastStarted: { call: CallStart | undefined; number: number; text: string } = {
  call: undefined,
  number: 0,
  text: "",
};

const leaseAt = '{"lease":'.length + 1;
/** Times of this and the next centuries have as many digits. */
const leaseDigits = 13;
const nodeAt = leaseAt + leaseDigits + 1;

/**
 * SQL: the attempt's lease is over, or it is another process's. All messages under way are looked at with every poll, and
 * `->>` would parse each. `places` are those of `ofOtherValues` in the statement.
 */
export function ofOther(places: readonly [string, string, string]): string {
  const [now, length, front] = places;
  return `(substr(attempt, ${leaseAt}, ${leaseDigits}) <= ${now} or substr(attempt, ${nodeAt}, ${length}) <> ${front})`;
}

export function ofOtherValues(node: string, now: number): [now: string, length: number, front: string] {
  const front = `"node":${JSON.stringify(node)}`;
  return [String(now).padStart(leaseDigits, "0"), front.length, front];
}

export function currentAttempt(row: SqlRow): CurrentAttempt | undefined {
  const json = textOrNull(row, "attempt");
  return json === null ? undefined : currentAttemptSchema.parse(JSON.parse(json));
}

/** All attempts at a message, in order: its rows of earlier ones, and the one in its own row. */
export function attemptRows(row: SqlRow, earlier: readonly SqlRow[]): AttemptRow[] {
  const current = currentAttempt(row);
  const rows = earlier.map(earlierAttempt);
  if (current === undefined) return rows;
  return [
    ...rows,
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

type Evidence = Pick<AttemptOutcome, "finishedAt" | "outcome" | "code" | "detail" | "providerMessageId">;

/** What an outcome adds to its attempt: JSON of members that a started attempt has none of. */
export function evidenceOf(outcome: Evidence): string {
  return JSON.stringify({
    finished: outcome.finishedAt,
    outcome: outcome.outcome,
    code: outcome.code === "" ? undefined : outcome.code,
    detail: outcome.detail === "" ? undefined : outcome.detail,
    providerMessageId: outcome.providerMessageId === "" ? undefined : outcome.providerMessageId,
  });
}

/** The same for an attempt that may have an outcome already: of what that said nothing stays. */
export function lateEvidenceOf({ finishedAt, outcome, code, detail, providerMessageId }: Evidence): string {
  return JSON.stringify({ finished: finishedAt, outcome, code, detail, providerMessageId });
}
