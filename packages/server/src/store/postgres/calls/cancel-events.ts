import { eventStateCode, messageStateCode, runStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { leaveDigests } from "./digest-windows.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";

/**
 * Events first, then runs, then what joined digests, then messages, each locked before the next is looked for: what a turn that was under way has
 * made by then is found.
 */
export const cancelEvents: Call<"cancelEvents"> = async (context, { environmentId, cancellationHash, now }) => {
  const found = await context.sql.all(foundSql, environmentId, cancellationHash);
  return cancelAll(context, environmentId, found, now);
};

const ownSql = "select id, position from event where environment_id = $1 and id = $2 for update";

const madeSql = `select event.id, event.position from replayed
  join event on event.environment_id = replayed.environment_id and event.id = replayed.id
  where replayed.environment_id = $1 and replayed.replay = $2 and replayed.id > $3 order by replayed.id limit $4 for update of event`;

const replaysSql = "update replay set canceled_at = coalesce(canceled_at, $1) where environment_id = $2 and id = $3";

/** The replay itself is first, so that it makes nothing more. */
export const cancelReplay: Call<"cancelReplay"> = async (context, { environmentId, id, after, limit, now }) => {
  const { sql } = context;
  if (!isId(id)) return { events: 0, runs: 0, messages: 0, next: undefined };
  const own = after === "" ? await sql.all(ownSql, environmentId, id) : [];
  const made = await sql.all(madeSql, environmentId, id, after === "" ? oldest : after, limit);
  const last = made.at(-1);
  const stopped = await cancelAll(context, environmentId, [...own, ...made], now);
  if (stopped.events + stopped.runs + stopped.messages > 0) await sql.run(replaysSql, now, environmentId, id);
  return { ...stopped, next: made.length === limit && last !== undefined ? text(last, "id") : undefined };
};

/** Before every id. */
const oldest = "00000000-0000-0000-0000-000000000000";

async function cancelAll(context: CallContext, environmentId: number, found: readonly SqlRow[], now: number) {
  const { sql } = context;
  if (found.length === 0) return { events: 0, runs: 0, messages: 0 };
  const ids = found.map((row) => text(row, "id"));
  const expanded = found.filter((row) => row["position"] !== null).map((row) => text(row, "id"));
  const plain = found.filter((row) => row["position"] === null).map((row) => text(row, "id"));
  const keys = JSON.stringify(ids.map((id) => ({ environment_id: environmentId, id })));
  const [events, , runs, left, messages] = await Promise.all([
    sql.run(eventsSql, keys),
    sql.run(partsSql, keys),
    cancelRuns(sql, environmentId, ids),
    leaveDigests(sql, ids),
    cancelMessages(context, environmentId, { plain, expanded }, now),
  ]);
  if (events + runs + left + messages > 0) await sql.run(campaignsSql, now, environmentId, ids);
  return { events, runs: runs + left, messages };
}

const foundSql = `select id, position from event where cancellation_hash = $2 and environment_id + 0 = $1 order by id for update`;

const campaignsSql = "update campaign set canceled_at = $1 where environment_id = $2 and id = any($3::uuid[])";

const eventsSql = `update event set state = ${eventStateCode.canceled}, due_at = null, holder = 0, inline = null
  from json_to_recordset($1) as r (environment_id int, id uuid)
  where event.environment_id = r.environment_id and event.id = r.id and event.state = ${eventStateCode.accepted} and ${few}`;

const partsSql = `delete from continuation as part using json_to_recordset($1) as r (environment_id int, id uuid)
  where part.environment_id = r.environment_id and part.event_id = r.id and ${few}`;

const runsSql = `with locked as materialized (
    select environment_id, id from run where event_id = any($1::uuid[]) and state = ${runStateCode.waiting} and gathers = 0
    order by id for update
  )
  update run set state = ${runStateCode.canceled}, due_at = null, holder = 0 from locked
  where run.environment_id = locked.environment_id and run.id = locked.id and run.state = ${runStateCode.waiting}
  returning run.id`;

const effectsSql = `delete from effect using json_to_recordset($1) as r (environment_id int, id uuid)
  where effect.environment_id = r.environment_id and effect.run_id = r.id and ${few}`;

async function cancelRuns(sql: Session, environmentId: number, eventIds: string[]): Promise<number> {
  const runs = await sql.all(runsSql, eventIds);
  if (runs.length > 0)
    await sql.run(effectsSql, JSON.stringify(runs.map(({ id }) => ({ environment_id: environmentId, id }))));
  return runs.length;
}

/** SQL: a message that a digest has made is of several events, and is canceled with none of them. */
const ofOneEvent = `not exists (select 1 from run
  where run.environment_id = message.environment_id and run.id = message.run_id and run.gathers = 1)`;

/**
 * What is under way may still be sent; marked, it is not tried again (record-outcomes). Both in one statement: a message
 * that goes back to its queue between two would be missed by both.
 */
const messagesSql = (open: string) => `with locked as materialized (
    select environment_id, id from message
    where event_id = any($1::uuid[]) ${open} and state in (${messageStateCode.queued}, ${messageStateCode.sending}) and ${ofOneEvent}
    order by id for update
  )
  update message set reason = 'canceled',
    state = case when state = ${messageStateCode.queued} then ${messageStateCode.canceled} else state end,
    due_at = case when state = ${messageStateCode.queued} then null else due_at end,
    holder = case when state = ${messageStateCode.queued} then 0 else holder end,
    settled_at = case when state = ${messageStateCode.queued} then $2::bigint else settled_at end
  from locked where message.environment_id = locked.environment_id and message.id = locked.id
  returning message.id, state, ${labelColumns}, ${lineColumns}`;

const plainSql = messagesSql("");
/** Of an event that has come to its topics: its open messages have an index; through all of a million it took seconds. */
const expandedSql = messagesSql("and expanded = 1 and due_at is not null");

async function cancelMessages(
  { sql, count, webhooks }: CallContext,
  environmentId: number,
  ids: { plain: string[]; expanded: string[] },
  now: number,
): Promise<number> {
  const marked = ids.plain.length === 0 ? [] : await sql.all(plainSql, ids.plain, now);
  if (ids.expanded.length > 0) marked.push(...(await sql.all(expandedSql, ids.expanded, now)));
  const canceled = marked.filter((row) => integer(row, "state") === messageStateCode.canceled);
  for (const row of canceled) {
    const labels = labelsOf(environmentId, row);
    webhooks.state(environmentId, labels.tenant, text(row, "id"), "canceled", now);
    count(labels, "canceled", now, { mailbox: mailboxOf(row) });
  }
  await letNextGo(sql, canceled, now);
  return canceled.length;
}
