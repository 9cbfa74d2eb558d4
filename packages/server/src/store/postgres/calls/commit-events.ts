import type { EventTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { sumsOfTurn } from "../../sql/campaign-turn.ts";
import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import { pausedUntil } from "../../sql/paused.ts";
import { addCampaignSums } from "../campaign-sums.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { writeReplayed } from "./insert-replay.ts";
import { writeRecipients } from "./write-recipient.ts";
import { writeTurns } from "./write-turn.ts";

export const commitEvents: Call<"commitEvents"> = async (context, { turns }) => {
  const results = new Map<EventTurn, TurnResult>();
  // In their order: a turn may make the part that the next one is on.
  for (const round of inRounds(turns, ({ eventId }) => eventId)) await commitRound(context, round, results);
  return turns.map((turn) => results.get(turn) ?? { status: "lost" });
};

async function commitRound(
  context: CallContext,
  turns: readonly EventTurn[],
  results: Map<EventTurn, TurnResult>,
): Promise<void> {
  const sorted = turns.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
  const own = sorted.filter(({ continuation }) => !continuation);
  const parts = sorted.filter(({ continuation }) => continuation);
  const moved = [
    ...(await advance(context, own)),
    ...(await endParts(
      context,
      parts.filter(({ progress }) => progress.kind === "done"),
    )),
    ...(await advanceParts(
      context,
      parts.filter(({ progress }) => progress.kind !== "done"),
    )),
  ];
  await writeRecipients(
    context,
    moved.flatMap(({ recipients }) => recipients),
  );
  const [written] = await Promise.all([writeTurns(context, moved), insertParts(context, moved)]);
  const campaigns = moved.flatMap((turn, index) =>
    turn.progressed === undefined ? [] : sumsOfTurn(turn, { dropped: [], held: [], ...written[index] }),
  );
  await addCampaignSums(context.sql, campaigns);
  for (const turn of moved) if (turn.replay !== undefined) await writeReplayed(context, turn, turn.replay);
  for (const [index, turn] of moved.entries()) {
    results.set(turn, { status: "committed", dropped: [], held: [], ...written[index] });
    if (turn.progress.kind !== "dead") continue;
    const { environmentId, eventId: id, now: at } = turn;
    const { reason, detail } = turn.progress;
    await insertDeadLetter(context.sql, { environmentId, id, kind: "event", channel: null, reason, detail, at });
  }
}

const advancedSql = `update event set cursor = r.next, position = coalesce(r.position, event.position), due_at = r.due_at, state = r.state, holder = r.holder,
    inline = case when r.clear then null else event.inline end
  from json_to_recordset($1) as r (environment_id int, id uuid, cursor int, next int, position text, due_at bigint, state smallint, holder int, clear boolean)
  where event.environment_id = r.environment_id and event.id = r.id and ${few} and event.cursor = r.cursor and event.state = ${eventStateCode.accepted}
    and event.due_at <> ${pausedUntil}
  returning event.id`;

/** Compare-and-set on the cursor: who finds it moved on lost the turn to another, or to a pause. */
async function advance({ sql, holding }: CallContext, turns: readonly EventTurn[]): Promise<EventTurn[]> {
  if (turns.length === 0) return [];
  const rows = turns.map((turn) => ({
    ...placeOf(turn, holding.holderOf("events")),
    id: turn.eventId,
    state: eventStateCode[turn.progress.kind === "continue" ? "accepted" : turn.progress.kind],
    clear: turn.clearInline,
  }));
  const moved = new Set((await sql.all(advancedSql, JSON.stringify(rows))).map((row) => text(row, "id")));
  return turns.filter(({ eventId }) => moved.has(eventId));
}

/** Where a part stands, and is to stand. */
function placeOf({ environmentId, cursor, progress, now }: EventTurn, holder: number) {
  const goesOn = progress.kind === "continue";
  return {
    environment_id: environmentId,
    cursor,
    next: goesOn ? progress.cursor : cursor,
    position: goesOn ? (progress.position ?? null) : null,
    due_at: goesOn ? (progress.dueAt ?? now) : null,
    // A timer is nobody's: whoever looks once it has come takes it.
    holder: goesOn && progress.dueAt === undefined ? holder : 0,
  };
}

const endedPartSql = `delete from continuation using json_to_recordset($1) as r (environment_id int, event_id uuid, lane smallint, cursor int)
  where continuation.environment_id = r.environment_id and continuation.event_id = r.event_id and continuation.lane = r.lane and ${few}
    and continuation.cursor = r.cursor and continuation.due_at <> ${pausedUntil}
  returning continuation.event_id, continuation.lane`;

/** Done, a part goes: what stays without a due time is dead, and is what a replay brings back. */
async function endParts({ sql }: CallContext, turns: readonly EventTurn[]): Promise<EventTurn[]> {
  if (turns.length === 0) return [];
  const rows = turns.map(({ environmentId, eventId, lane, cursor }) => ({
    environment_id: environmentId,
    event_id: eventId,
    lane: laneCode[lane],
    cursor,
  }));
  return movedParts(turns, await sql.all(endedPartSql, JSON.stringify(rows)));
}

const advancedPartSql = `update continuation set cursor = r.next, position = coalesce(r.position, continuation.position), due_at = r.due_at, holder = r.holder
  from json_to_recordset($1) as r (environment_id int, event_id uuid, lane smallint, cursor int, next int, position text, due_at bigint, holder int)
  where continuation.environment_id = r.environment_id and continuation.event_id = r.event_id and continuation.lane = r.lane and ${few}
    and continuation.cursor = r.cursor and continuation.due_at <> ${pausedUntil}
  returning continuation.event_id, continuation.lane`;

async function advanceParts({ sql, holding }: CallContext, turns: readonly EventTurn[]): Promise<EventTurn[]> {
  if (turns.length === 0) return [];
  const rows = turns.map((turn) => ({
    ...placeOf(turn, holding.holderOf("events")),
    event_id: turn.eventId,
    lane: laneCode[turn.lane],
  }));
  return movedParts(turns, await sql.all(advancedPartSql, JSON.stringify(rows)));
}

function movedParts(turns: readonly EventTurn[], rows: readonly Record<string, unknown>[]): EventTurn[] {
  const moved = new Set(rows.map((row) => `${text(row, "event_id")}:${String(row["lane"])}`));
  return turns.filter(({ eventId, lane }) => moved.has(`${eventId}:${laneCode[lane]}`));
}

const insertedPartSql = `insert into continuation (environment_id, event_id, lane, holder, cursor, due_at, tenant, order_key, order_place)
  select r.environment_id, r.event_id, r.lane, r.holder, 0, r.due_at, event.tenant, event.order_key, event.order_place
  from json_to_recordset($1) as r (environment_id int, event_id uuid, lane smallint, holder int, due_at bigint)
  join event on event.environment_id = r.environment_id and event.id = r.event_id and ${few}
  on conflict do nothing`;

async function insertParts({ sql, holding }: CallContext, turns: readonly EventTurn[]): Promise<void> {
  const rows = turns.flatMap(({ environmentId, eventId, now, otherLanes }) =>
    otherLanes.map((lane) => ({
      environment_id: environmentId,
      event_id: eventId,
      lane: laneCode[lane],
      holder: holding.holderOf("events"),
      due_at: now,
    })),
  );
  if (rows.length > 0) await sql.run(insertedPartSql, JSON.stringify(rows));
}
