import type { AttemptOutcome, OutcomeResult } from "../../../ports/store/deliver.ts";
import { evidenceOf, lateEvidenceOf } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { outweighsSoftBounces } from "../../sql/feedback.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";

export const recordOutcomes: Call<"recordOutcomes"> = async (context, { outcomes }) => {
  const results = new Map<AttemptOutcome, OutcomeResult>();
  for (const round of inRounds(outcomes, ({ messageId }) => messageId)) await recordRound(context, round, results);
  return outcomes.map((outcome) => results.get(outcome) ?? "fenced");
};

/**
 * One update moves the messages and completes their attempts, whose members it appends. The fence is the attempt's number
 * with the state `sending`: who holds an older number, or comes after feedback, only leaves evidence. A message whose
 * event was canceled while it was under way is not tried again. What waits for a retry is held by nobody.
 */
const movedSql = `update message set
    state = case when r.due_at is not null and message.reason = 'canceled' then ${messageStateCode.canceled} else r.state end,
    due_at = case when r.due_at is not null and message.reason = 'canceled' then null else r.due_at end,
    reason = case when r.due_at is not null and message.reason = 'canceled' then 'canceled' else r.reason end,
    settled_at = case when r.due_at is not null and message.reason is distinct from 'canceled' then null else r.finished_at end,
    sent_at = r.sent_at, holder = 0,
    attempt = left(message.attempt, -1) || ',' || substr(r.evidence, 2)
  from json_to_recordset($1) as r (environment_id int, id uuid, number int, state smallint, due_at bigint, reason text,
    finished_at bigint, sent_at bigint, evidence text)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}
    and message.state = ${messageStateCode.sending} and message.attempts = r.number
  returning message.id, message.state, message.due_at, ${lineColumns}`;

async function recordRound(
  context: CallContext,
  outcomes: readonly AttemptOutcome[],
  results: Map<AttemptOutcome, OutcomeResult>,
): Promise<void> {
  const sorted = outcomes.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
  const found = await context.sql.all(movedSql, JSON.stringify(sorted.map(rowOf)));
  const states = new Map(found.map((row) => [text(row, "id"), integer(row, "state")]));
  for (const outcome of sorted) {
    const state = states.get(outcome.messageId);
    results.set(outcome, state === undefined ? "fenced" : "recorded");
    if (state === undefined) await late(context, outcome);
    else await follow(context, outcome, state === messageStateCode.canceled);
  }
  const ended = found.filter((row) => row["due_at"] === null);
  if (sorted[0] !== undefined) await letNextGo(context.sql, ended, sorted[0].finishedAt);
}

function rowOf({ labels, messageId, number, after, finishedAt, ...outcome }: AttemptOutcome) {
  return {
    environment_id: labels.environmentId,
    id: messageId,
    number,
    state: messageStateCode[after.state],
    due_at: after.state === "queued" ? after.dueAt : null,
    reason: "reason" in after ? after.reason : null,
    finished_at: finishedAt,
    sent_at: after.state === "sent" ? finishedAt : null,
    evidence: evidenceOf({ ...outcome, finishedAt }),
  };
}

async function follow(context: CallContext, outcome: AttemptOutcome, canceled: boolean): Promise<void> {
  const { finishedAt: at, labels, messageId, after } = outcome;
  const state = canceled ? "canceled" : after.state;
  context.webhooks.state(labels.environmentId, labels.tenant, messageId, state, at);
  context.count(labels, state === "queued" ? "retried" : state, at, outcome);
  if (after.state === "dead") {
    const { reason, detail } = after;
    const { environmentId, channel } = labels;
    await insertDeadLetter(context.sql, { environmentId, id: messageId, kind: "message", channel, reason, detail, at });
  }
  if (outcome.suppress === "") return;
  await context.sql.run(
    `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
     select environment_id, channel, address_hash, 'everything', '', $3, $4 from message where environment_id = $1 and id = $2
     on conflict (environment_id, channel, address_hash, scope, value)
       do update set reason = excluded.reason, created_at = excluded.created_at where ${outweighsSoftBounces}`,
    labels.environmentId,
    messageId,
    outcome.suppress,
    at,
  );
}

const endedSql = `select coalesce(
    case when (attempt::json ->> 'number')::int = $3 then coalesce(attempt::json ->> 'outcome', 'started') end,
    (select outcome from attempt as earlier where environment_id = $1 and message_id = $2 and number = $3)) as outcome
  from message where environment_id = $1 and id = $2 for update`;

/** What a late outcome cost counts where it is the first of its attempt: told again, or after one that said `unknown`, it was counted. */
async function late(context: CallContext, outcome: AttemptOutcome): Promise<void> {
  const { messageId, number, finishedAt, labels, integration, mailbox, cost = 0 } = outcome;
  const row = cost === 0 ? undefined : await context.sql.get(endedSql, labels.environmentId, messageId, number);
  if (row?.["outcome"] === "started") context.count(labels, "charged_late", finishedAt, { integration, mailbox, cost });
  await keepEvidence(context, outcome);
}

/**
 * A late outcome is written to its own attempt, wherever that stands now; the message's state stays. One that says
 * `unknown` takes the place of none that says more.
 */
async function keepEvidence({ sql }: CallContext, outcome: AttemptOutcome): Promise<void> {
  const { labels, messageId, number, finishedAt } = outcome;
  const saysLittle = outcome.outcome === "unknown";
  const current = await sql.run(
    `update message set attempt = left(attempt, -1) || ',' || substr($4::text, 2), sent_at = least(sent_at, $5::bigint)
     where environment_id = $1 and id = $2 and attempts = $3 and (attempt::json ->> 'number')::int = $3
       and not ($6 and coalesce(attempt::json ->> 'outcome', '') in ('accepted', 'rejected'))`,
    labels.environmentId,
    messageId,
    number,
    lateEvidenceOf(outcome),
    outcome.outcome === "accepted" ? finishedAt : null,
    saysLittle,
  );
  if (current > 0) return;
  await sql.run(
    `update attempt set outcome = $4, code = $5, detail = $6, provider_message_id = $7, finished_at = $8
     where environment_id = $1 and message_id = $2 and number = $3 and not ($9 and outcome in ('accepted', 'rejected'))`,
    labels.environmentId,
    messageId,
    number,
    outcome.outcome,
    outcome.code,
    outcome.detail,
    outcome.providerMessageId,
    finishedAt,
    saysLittle,
  );
}
