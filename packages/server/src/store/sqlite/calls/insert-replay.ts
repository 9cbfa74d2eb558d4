import type { NewEvent } from "../../../ports/store/ingest.ts";
import type { EventTurn } from "../../../ports/store/orchestrate.ts";
import type { NewReplay, ReplayTurn } from "../../../ports/store/replays.ts";
import { sumsOfReplay } from "../../sql/replay-sums.ts";
import { eventOfReplayed } from "../../sql/replayed-event.ts";
import { addCampaignSums } from "../campaign-sums.ts";
import type { Database } from "../database.ts";
import { insertEvent } from "./insert-event.ts";

export function insertReplay(database: Database, event: NewEvent, { document }: NewReplay): void {
  database.run(
    "insert into replay (environment_id, id, document, created_at) values (?, ?, ?, ?)",
    event.environmentId,
    event.id,
    document,
    event.receivedAt,
  );
}

/** What a turn of a replay makes; the caller has seen to it that the turn is its next. */
export function writeReplayed(database: Database, turn: EventTurn, made: ReplayTurn): void {
  for (const event of made.events) {
    insertEvent(database, eventOfReplayed(event), false);
    database.run(
      "insert into replayed (id, environment_id, origin, generation, replay) values (?, ?, ?, ?, ?)",
      event.id,
      event.environmentId,
      event.origin,
      event.generation,
      turn.eventId,
    );
  }
  addCampaignSums(database, sumsOfReplay(turn, made));
}
