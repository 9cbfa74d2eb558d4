import type { AttemptOutcome, OutcomeResult } from "../../../ports/store/deliver.ts";
import { evidenceOf, lateEvidenceOf } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { outweighsSoftBounces } from "../../sql/feedback.ts";
import type { Call, CallContext } from "../context.ts";
import { insertDeadLetter } from "./dead-letter.ts";

export const recordOutcomes: Call<"recordOutcomes"> = (context, { outcomes }) =>
  outcomes.map((outcome) => record(context, outcome));

const movedSql = `update message set state = ?, due_at = ?, reason = ?, settled_at = ?, sent_at = ?,
    attempt = substr(attempt, 1, length(attempt) - 1) || ',' || substr(?, 2)
  where id = ? and state = ${messageStateCode.sending} and attempts = ?`;

/**
 * One update moves the message and completes its attempt, whose members it appends: a started attempt has none of them
 * yet, and json_patch would have to parse both. The fence is the attempt's number with the state `sending`:
 * who holds an older number, or comes after feedback, only leaves evidence.
 */
function record(context: CallContext, outcome: AttemptOutcome): OutcomeResult {
  const after = afterCancellation(context, outcome);
  const dueAt = after.state === "queued" ? after.dueAt : null;
  const reason = "reason" in after ? after.reason : null;
  const moved = context.database.run(
    movedSql,
    messageStateCode[after.state],
    dueAt,
    reason,
    dueAt === null ? outcome.finishedAt : null,
    after.state === "sent" ? outcome.finishedAt : null,
    evidenceOf(outcome),
    outcome.messageId,
    outcome.number,
  );
  if (moved === 0) {
    countLate(context, outcome);
    keepEvidence(context, outcome);
    return "fenced";
  }
  follow(context, outcome, after);
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

function follow(context: CallContext, outcome: AttemptOutcome, after: After): void {
  const { finishedAt: at, labels, messageId } = outcome;
  context.webhooks.state(labels.environmentId, labels.tenant, messageId, after.state, at);
  context.count(labels, after.state === "queued" ? "retried" : after.state, at, outcome);
  if (after.state === "dead") {
    const { reason, detail } = after;
    const { environmentId, channel } = labels;
    insertDeadLetter(context.database, { environmentId, id: messageId, kind: "message", channel, reason, detail, at });
  }
  if (outcome.suppress === "") return;
  context.database.run(
    `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
     select environment_id, channel, address_hash, 'everything', '', ?, ? from message where id = ?
     on conflict do update set reason = excluded.reason, created_at = excluded.created_at where ${outweighsSoftBounces}`,
    outcome.suppress,
    at,
    messageId,
  );
}

/** What a late outcome cost, where it is the first of its attempt: told again, or after one that said `unknown`, it was counted. */
function countLate({ database, count }: CallContext, outcome: AttemptOutcome): void {
  const { messageId, number, finishedAt, labels, cost = 0 } = outcome;
  if (cost === 0) return;
  const row = database.get(
    `select coalesce(case when attempt ->> '$.number' = ?2 then coalesce(attempt ->> '$.outcome', 'started') end,
       (select outcome from attempt where message_id = ?1 and number = ?2)) as outcome from message where id = ?1`,
    messageId,
    number,
  );
  if (row?.["outcome"] === "started")
    count(labels, "charged_late", finishedAt, { integration: outcome.integration, mailbox: outcome.mailbox, cost });
}

/**
 * A late outcome is written to its own attempt, wherever that stands now; the message's state stays. One that says
 * `unknown` takes the place of none that says more.
 */
function keepEvidence(context: CallContext, outcome: AttemptOutcome): void {
  const saysLittle = outcome.outcome === "unknown" ? 1 : 0;
  const current = context.database.run(
    `update message set attempt = json_patch(attempt, ?1), sent_at = coalesce(min(sent_at, ?2), sent_at, ?2)
     where id = ?3 and attempts = ?4 and attempt ->> '$.number' = ?4
       and not (?5 and coalesce(attempt ->> '$.outcome', '') in ('accepted', 'rejected'))`,
    lateEvidenceOf(outcome),
    outcome.outcome === "accepted" ? outcome.finishedAt : null,
    outcome.messageId,
    outcome.number,
    saysLittle,
  );
  if (current > 0) return;
  context.database.run(
    `update attempt set outcome = ?, code = ?, detail = ?, provider_message_id = ?, finished_at = ?
     where message_id = ? and number = ? and not (? and outcome in ('accepted', 'rejected'))`,
    outcome.outcome,
    outcome.code,
    outcome.detail,
    outcome.providerMessageId,
    outcome.finishedAt,
    outcome.messageId,
    outcome.number,
    saysLittle,
  );
}
