import type { NewEvent } from "../../../ports/store/ingest.ts";
import type { EventTurn } from "../../../ports/store/orchestrate.ts";
import type { NewReplay, ReplayTurn } from "../../../ports/store/replays.ts";
import { sumsOfReplay } from "../../sql/replay-sums.ts";
import { eventOfReplayed } from "../../sql/replayed-event.ts";
import { addCampaignSums } from "../campaign-sums.ts";
import type { CallContext } from "../context.ts";
import type { Session } from "../session.ts";
import { insertEvents } from "./insert-events.ts";

export async function insertReplay(sql: Session, event: NewEvent, { document }: NewReplay): Promise<void> {
  await sql.run(
    "insert into replay (environment_id, id, document, created_at) values ($1, $2, $3, $4)",
    event.environmentId,
    event.id,
    document,
    event.receivedAt,
  );
}

const madeSql = `insert into replayed (id, environment_id, origin, generation, replay)
  select id, environment_id, origin, generation, replay
  from json_to_recordset($1) as r (id uuid, environment_id int, origin uuid, generation int, replay uuid)`;

/** What a turn of a replay makes; the caller has seen to it that the turn is its next. */
export async function writeReplayed(context: CallContext, turn: EventTurn, made: ReplayTurn): Promise<void> {
  const { sql } = context;
  if (made.events.length > 0) {
    await insertEvents(context, made.events.map(eventOfReplayed), new Set());
    const rows = made.events.map(({ id, environmentId, origin, generation }) => ({
      id,
      environment_id: environmentId,
      origin,
      generation,
      replay: turn.eventId,
    }));
    await sql.run(madeSql, JSON.stringify(rows));
  }
  await addCampaignSums(sql, sumsOfReplay(turn, made));
}
