import type { DeadLetterReplay } from "../../../ports/store/log.ts";
import { eventStateCode, messageStateCode, runStateCode } from "../../sql/codes.ts";
import { integerOrNull, type SqlRow, text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { settleAll } from "./settle.ts";

/**
 * Same id, one more attempt: `dead → queued` by compare-and-set. What expired meanwhile ends as expired. What is dead is
 * locked before its letter, as it is where letters are written: of two that replay it one finds nothing left.
 */
export const replayDeadLetters: Call<"replayDeadLetters"> = async (context, input) => {
  const letters = await select(context.sql, input);
  if (letters.length === 0) return { replayed: 0, expired: 0 };
  const ids = (kind: string): string[] =>
    letters
      .filter((row) => text(row, "kind") === kind)
      .map((row) => text(row, "id"))
      .sort();
  const events = await replayEvents(context.sql, input, ids("event"));
  const runs = await replayRuns(context.sql, input, ids("run"));
  const messages = await replayMessages(context, input, ids("message"));
  await context.sql.run(
    deletedSql,
    JSON.stringify(letters.map(({ id, at }) => ({ environment_id: input.environmentId, id, at }))),
  );
  return { replayed: events + runs + messages.replayed, expired: messages.expired };
};

const byIdSql = `select letter.* from unnest($2::uuid[]) as r (id)
  cross join lateral (select id, kind, at from dead_letter where environment_id = $1 and id = r.id and kind <> 'source' offset 0) as letter`;
const fittingSql = `select id, kind, at from dead_letter
  where environment_id = $1 and kind <> 'source' and ($2::text is null or reason = $2) and ($3::text is null or channel = $3)
  order by at, id limit $4`;

/** A letter that was written anew meanwhile stays. */
const deletedSql = `delete from dead_letter using json_to_recordset($1) as r (environment_id int, id uuid, at bigint)
  where dead_letter.environment_id = r.environment_id and dead_letter.id = r.id and dead_letter.at = r.at and ${few}`;

async function select(sql: Session, input: DeadLetterReplay): Promise<SqlRow[]> {
  const { environmentId, ids, reason, channel, limit } = input;
  if (ids !== undefined) return sql.all(byIdSql, environmentId, [...new Set(ids)].filter(isId));
  return sql.all(fittingSql, environmentId, reason ?? null, channel ?? null, limit);
}

/** Ids with their environment: each row is found by its whole key. */
function keysOf(environmentId: number, ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => ({ environment_id: environmentId, id })));
}
const keys = "json_to_recordset($1) as r (environment_id int, id uuid)";

const lockedEventsSql = `select event.id from ${keys} cross join lateral (
    select id from event where environment_id = r.environment_id and id = r.id for update
  ) as event`;
const eventsSql = `update event set state = ${eventStateCode.accepted}, due_at = $2, holder = 0 from ${keys}
  where event.environment_id = r.environment_id and event.id = r.id and event.state = ${eventStateCode.dead} and ${few}
  returning event.id`;
const partsSql = `update continuation as part set due_at = $2, holder = 0 from ${keys}
  where part.environment_id = r.environment_id and part.event_id = r.id and part.due_at is null and ${few}
  returning part.event_id as id`;

/** One letter stands for the event and for those of its parts that died. */
async function replayEvents(sql: Session, { environmentId, now }: DeadLetterReplay, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const asked = keysOf(environmentId, ids);
  const [, own, parts] = await Promise.all([
    sql.all(lockedEventsSql, asked),
    sql.all(eventsSql, asked, now),
    sql.all(partsSql, asked, now),
  ]);
  return new Set([...own, ...parts].map((row) => text(row, "id"))).size;
}

const lockedRunsSql = `select run.id from ${keys} cross join lateral (
    select id from run where environment_id = r.environment_id and id = r.id for update
  ) as run`;
const runsSql = `update run set state = ${runStateCode.waiting}, due_at = $2, holder = 0 from ${keys}
  where run.environment_id = r.environment_id and run.id = r.id and run.state = ${runStateCode.dead} and ${few}`;

async function replayRuns(sql: Session, { environmentId, now }: DeadLetterReplay, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const asked = keysOf(environmentId, ids);
  const [, replayed] = await Promise.all([sql.all(lockedRunsSql, asked), sql.run(runsSql, asked, now)]);
  return replayed;
}

const deadMessagesSql = `select message.* from ${keys} cross join lateral (
    select id, expires_at from message
    where environment_id = r.environment_id and id = r.id and state = ${messageStateCode.dead} for update
  ) as message`;
/** A retry schedule starts anew: it counts from the attempt after this. */
const messagesSql = `update message set state = ${messageStateCode.queued}, due_at = $2, holder = 0, reason = 'replayed',
    settled_at = null, first_attempt_at = null
  from ${keys} where message.environment_id = r.environment_id and message.id = r.id and ${few}`;

async function replayMessages(
  context: CallContext,
  { environmentId, now: at }: DeadLetterReplay,
  ids: string[],
): Promise<{ replayed: number; expired: number }> {
  if (ids.length === 0) return { replayed: 0, expired: 0 };
  const dead = await context.sql.all(deadMessagesSql, keysOf(environmentId, ids));
  const isExpired = (row: SqlRow): boolean => (integerOrNull(row, "expires_at") ?? Number.POSITIVE_INFINITY) <= at;
  const expired = dead.filter(isExpired).map((row) => text(row, "id"));
  const open = dead.filter((row) => !isExpired(row)).map((row) => text(row, "id"));
  if (open.length > 0) await context.sql.run(messagesSql, keysOf(environmentId, open), at);
  const after = { state: "expired", reason: "expired" } as const;
  await settleAll(
    context,
    expired.map((messageId) => ({ environmentId, messageId, after, at, integration: "" })),
  );
  return { replayed: open.length, expired: expired.length };
}
