import type { EventTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { sumsOfTurn } from "../../sql/campaign-turn.ts";
import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { pausedUntil } from "../../sql/paused.ts";
import { addCampaignSums } from "../campaign-sums.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { writeReplayed } from "./insert-replay.ts";
import { type Suspects, suspectsAmong } from "./suspects.ts";
import { writeToldRecipient } from "./write-recipient.ts";
import { writeTurn } from "./write-turn.ts";

export const commitEvents: Call<"commitEvents"> = (context, { turns }) => {
  const suspects = suspectsAmong(
    context.database,
    turns.flatMap((turn) => turn.messages),
  );
  return turns.map((turn) => commit(context, turn, suspects));
};

function commit(context: CallContext, turn: EventTurn, suspects: Suspects): TurnResult {
  const { database } = context;
  if (!advance(database, turn)) return { status: "lost" };
  for (const recipient of turn.recipients) writeToldRecipient(context, recipient);
  const written = writeTurn(context, turn, suspects);
  if (turn.progressed !== undefined) addCampaignSums(database, sumsOfTurn(turn, written));
  if (turn.replay !== undefined) writeReplayed(database, turn, turn.replay);
  for (const lane of turn.otherLanes) insertContinuation(database, turn, lane);
  if (turn.progress.kind === "dead") {
    const { reason, detail } = turn.progress;
    insertDeadLetter(database, {
      environmentId: turn.environmentId,
      id: turn.eventId,
      kind: "event",
      channel: null,
      reason,
      detail,
      at: turn.now,
    });
  }
  return { status: "committed", ...written };
}

const advancedSql = `update event set cursor = ?, position = coalesce(?, position), due_at = ?, state = ?, inline = case when ? then null else inline end
  where id = ? and cursor = ? and state = ${eventStateCode.accepted} and due_at <> ${pausedUntil}`;

/** Compare-and-set on the cursor: who finds it moved on lost the turn to another, or to a pause. */
function advance(database: Database, turn: EventTurn): boolean {
  const cursor = turn.progress.kind === "continue" ? turn.progress.cursor : turn.cursor;
  const position = turn.progress.kind === "continue" ? (turn.progress.position ?? null) : null;
  const dueAt = turn.progress.kind === "continue" ? (turn.progress.dueAt ?? turn.now) : null;
  if (turn.continuation) {
    // Done, it goes: what stays without a due time is dead, and is what a replay brings back.
    if (turn.progress.kind === "done") {
      return (
        database.run(
          `delete from continuation where event_id = ? and lane = ? and cursor = ? and due_at <> ${pausedUntil}`,
          turn.eventId,
          laneCode[turn.lane],
          turn.cursor,
        ) === 1
      );
    }
    return (
      database.run(
        `update continuation set cursor = ?, position = coalesce(?, position), due_at = ?
         where event_id = ? and lane = ? and cursor = ? and due_at <> ${pausedUntil}`,
        cursor,
        position,
        dueAt,
        turn.eventId,
        laneCode[turn.lane],
        turn.cursor,
      ) === 1
    );
  }
  const state = turn.progress.kind === "continue" ? "accepted" : turn.progress.kind;
  return (
    database.run(
      advancedSql,
      cursor,
      position,
      dueAt,
      eventStateCode[state],
      turn.clearInline ? 1 : 0,
      turn.eventId,
      turn.cursor,
    ) === 1
  );
}

function insertContinuation(database: Database, turn: EventTurn, lane: EventTurn["lane"]): void {
  database.run(
    `insert into continuation (event_id, lane, tenant, cursor, due_at, order_key, order_place)
     select id, ?, tenant, 0, ?, order_key, order_place from event where id = ?
     on conflict do nothing`,
    laneCode[lane],
    turn.now,
    turn.eventId,
  );
}
