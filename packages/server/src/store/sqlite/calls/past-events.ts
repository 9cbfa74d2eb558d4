import { eventKindCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { generationRow, pastEvent } from "../../sql/rows/replay.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

/** No payload: most rows that are looked at may be other events. */
const lookedSql = `select id, environment_id, kind, generation, name, tenant from event where id > ? and id < ? order by id limit ?`;

const pastSql = `select event.*,
    exists (select 1 from continuation where event_id = event.id and due_at is not null) as has_parts,
    (select coalesce(max(replayed.generation), 0) from replayed
      where replayed.environment_id = event.environment_id and replayed.origin = event.id) as made
  from event where id = ? and environment_id = ? and kind = ${eventKindCode.event} and generation = 0`;

export const pastEvents: Call<"pastEvents"> = ({ database }, query) => {
  const { environmentId, after, before, names, tenant, lookedMax, limit } = query;
  const isMeant = (row: SqlRow): boolean =>
    integer(row, "environment_id") === environmentId &&
    integer(row, "kind") === eventKindCode.event &&
    integer(row, "generation") === 0 &&
    (names === undefined || names.includes(text(row, "name"))) &&
    (tenant === undefined || text(row, "tenant") === tenant);
  const looked = database.all(lookedSql, after, before, lookedMax);
  const meant = looked.filter(isMeant).slice(0, limit);
  const isFull = meant.length === limit;
  const last = isFull ? meant.at(-1) : looked.at(-1);
  const hasMore = isFull || looked.length === lookedMax;
  return {
    events: meant.flatMap((row) => past(database, text(row, "id"), environmentId)),
    next: hasMore && last !== undefined ? text(last, "id") : undefined,
  };
};

export const pastEventsById: Call<"pastEventsById"> = ({ database }, { environmentId, ids }) =>
  ids.toSorted().flatMap((id) => past(database, id, environmentId));

const past = (database: Database, id: string, environmentId: number) => {
  const row = database.get(pastSql, id, environmentId);
  return row === undefined ? [] : [pastEvent(row)];
};

export const generationsOf: Call<"generationsOf"> = ({ database }, { environmentId, id, limit }) =>
  database
    .all(
      `select * from replayed where environment_id = ?1 and origin = ?2 union all
       select * from replayed where environment_id = ?1 and id = ?2 order by generation desc, id desc limit ?3`,
      environmentId,
      id,
      limit,
    )
    .map(generationRow);
