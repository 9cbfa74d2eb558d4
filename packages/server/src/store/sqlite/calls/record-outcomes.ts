import { channels, lanes } from "@tidings/contract/words";
import type { AttemptOutcome, OutcomeResult } from "../../../ports/store/deliver.ts";
import { messageStateCode, wordAt } from "../codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { SqlRow } from "../database.ts";
import { integer, text } from "../rows.ts";
import { insertDeadLetter } from "./dead-letter.ts";

export const recordOutcomes: Call<"recordOutcomes"> = (context, { outcomes }) =>
  outcomes.map((outcome) => record(context, outcome));

/**
 * One update moves the message and completes its attempt, whose members it appends: a started attempt has none of them
 * yet, and json_patch, which would have to parse both, costs 3 µs more. The fence is the attempt's number with the state `sending`:
 * who holds an older number, or comes after feedback, only leaves evidence.
 */
function record(context: CallContext, outcome: AttemptOutcome): OutcomeResult {
  const after = afterCancellation(context, outcome);
  const dueAt = after.state === "queued" ? after.dueAt : null;
  const reason = "reason" in after ? after.reason : null;
  const row = context.database.get(
    `update message set state = ?, due_at = ?, reason = ?, settled_at = ?, sent_at = ?, attempt = substr(attempt, 1, length(attempt) - 1) || ',' || substr(?, 2)
     where id = ? and state = ${messageStateCode.sending} and attempts = ?
     returning environment_id, channel, lane, category, tenant, address_hash, attempt ->> '$.integration' as integration`,
    messageStateCode[after.state],
    dueAt,
    reason,
    dueAt === null ? outcome.finishedAt : null,
    after.state === "sent" ? outcome.finishedAt : null,
    evidence(outcome),
    outcome.messageId,
    outcome.number,
  );
  if (row === undefined) {
    keepEvidence(context, outcome);
    return "fenced";
  }
  follow(context, outcome, after, row);
  return "recorded";
}

type After = AttemptOutcome["after"] | { state: "canceled"; reason: string };

/** A message that was under way when its event was canceled is not tried again. */
function afterCancellation({ database }: CallContext, { after, messageId, number }: AttemptOutcome): After {
  if (after.state !== "queued") return after;
  const canceled = database.get(
    `select 1 from message where id = ? and state = ${messageStateCode.sending} and attempts = ? and reason = 'canceled'`,
    messageId,
    number,
  );
  return canceled === undefined ? after : { state: "canceled", reason: "canceled" };
}

function follow(context: CallContext, outcome: AttemptOutcome, after: After, row: SqlRow): void {
  const { finishedAt: at } = outcome;
  const environmentId = integer(row, "environment_id");
  const channel = wordAt(channels, integer(row, "channel"));
  const metric = after.state === "queued" ? "retried" : after.state;
  context.count(
    {
      environmentId,
      metric,
      channel,
      lane: wordAt(lanes, integer(row, "lane")),
      category: text(row, "category"),
      tenant: text(row, "tenant"),
      integration: text(row, "integration"),
    },
    at,
  );
  if (after.state === "dead") {
    insertDeadLetter(context.database, {
      environmentId,
      id: outcome.messageId,
      kind: "message",
      channel,
      reason: after.reason,
      detail: after.detail,
      at,
    });
  }
  if (outcome.suppress !== "") {
    context.database.run(
      "insert or ignore into suppression (environment_id, channel, address_hash, scope, value, reason, created_at) values (?, ?, ?, 'everything', '', ?, ?)",
      environmentId,
      integer(row, "channel"),
      text(row, "address_hash"),
      outcome.suppress,
      at,
    );
  }
}

function evidence(outcome: AttemptOutcome): string {
  return JSON.stringify({
    finished: outcome.finishedAt,
    outcome: outcome.outcome,
    code: outcome.code === "" ? undefined : outcome.code,
    detail: outcome.detail === "" ? undefined : outcome.detail,
    providerMessageId: outcome.providerMessageId === "" ? undefined : outcome.providerMessageId,
  });
}

/** A late outcome is written to its own attempt, wherever that stands now; the message's state stays. */
function keepEvidence(context: CallContext, outcome: AttemptOutcome): void {
  const current = context.database.run(
    "update message set attempt = json_patch(attempt, ?), sent_at = coalesce(sent_at, ?) where id = ? and attempts = ? and attempt ->> '$.number' = ?",
    evidence(outcome),
    outcome.outcome === "accepted" ? outcome.finishedAt : null,
    outcome.messageId,
    outcome.number,
    outcome.number,
  );
  if (current > 0) return;
  context.database.run(
    `update attempt set outcome = ?, code = ?, detail = ?, provider_message_id = ?, finished_at = ? where message_id = ? and number = ?`,
    outcome.outcome,
    outcome.code,
    outcome.detail,
    outcome.providerMessageId,
    outcome.finishedAt,
    outcome.messageId,
    outcome.number,
  );
}
