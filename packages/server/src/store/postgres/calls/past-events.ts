import { eventKindCode } from "../../sql/codes.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { generationRow, pastEvent } from "../../sql/rows/replay.ts";
import type { Call } from "../context.ts";

/** What came in: no direct message, no replay, and nothing that one has made. */
const cameIn = `kind = ${eventKindCode.event} and generation = 0`;

/** No payload: most rows that are looked at may be other events. */
const lookedSql = `select id, ${cameIn} and ($4::json is null or name in (select json_array_elements_text($4::json)))
    and ($5::text is null or tenant = $5) as is_meant
  from event where environment_id = $1 and id > $2 and id < $3 order by id limit $6`;

const pastSql = `select event.*,
    exists (select 1 from continuation as part
      where part.environment_id = event.environment_id and part.event_id = event.id and part.due_at is not null) as has_parts,
    (select coalesce(max(replayed.generation), 0) from replayed
      where replayed.environment_id = event.environment_id and replayed.origin = event.id) as made
  from unnest($2::uuid[]) as r (id) join event on event.environment_id = $1 and event.id = r.id
  where event.kind = ${eventKindCode.event} and event.generation = 0 order by event.id`;

export const pastEvents: Call<"pastEvents"> = async ({ sql }, query) => {
  const { environmentId, after, before, names, tenant, lookedMax, limit } = query;
  const looked = await sql.all(
    lookedSql,
    environmentId,
    after,
    before,
    names === undefined ? null : JSON.stringify(names),
    tenant ?? null,
    lookedMax,
  );
  const meant = looked.filter((row) => row["is_meant"] === true).slice(0, limit);
  const isFull = meant.length === limit;
  const last = isFull ? meant.at(-1) : looked.at(-1);
  const hasMore = isFull || looked.length === lookedMax;
  return {
    events: meant.length === 0 ? [] : (await sql.all(pastSql, environmentId, meant.map(idOf))).map(pastEvent),
    next: hasMore && last !== undefined ? idOf(last) : undefined,
  };
};

const idOf = (row: SqlRow): string => text(row, "id");

export const pastEventsById: Call<"pastEventsById"> = async ({ sql }, { environmentId, ids }) => {
  const known = ids.filter(isId);
  return known.length === 0 ? [] : (await sql.all(pastSql, environmentId, known)).map(pastEvent);
};

const generationsSql = `select * from replayed where environment_id = $1 and origin = $2 union all
  select * from replayed where environment_id = $1 and id = $2 order by generation desc, id desc limit $3`;

export const generationsOf: Call<"generationsOf"> = async ({ sql }, { environmentId, id, limit }) =>
  isId(id) ? (await sql.all(generationsSql, environmentId, id, limit)).map(generationRow) : [];
