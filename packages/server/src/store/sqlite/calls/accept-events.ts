import type { AcceptResult, IdempotencyClaim, NewEvent } from "../../../ports/store/ingest.ts";
import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";

import { EventLabels } from "../../sql/event-labels.ts";
import { bucketOf, idempotencyBucketMs } from "../../sql/idempotency.ts";

import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { fits, recipientsAsRead } from "./as-read.ts";
import { insertCampaign } from "./campaigns.ts";
import { suspectsAmong } from "./suspects.ts";
import { writeTurn } from "./write-turn.ts";

export const acceptEvents: Call<"acceptEvents"> = (context, { events }) => {
  const labels = new EventLabels();
  const recipients = recipientsAsRead(context.database, events);
  const suspects = suspectsAmong(
    context.database,
    events.flatMap(({ turn }) => turn?.messages ?? []),
  );
  return events.map((event) => {
    const known = event.idempotency === null ? undefined : claim(context.database, event, event.idempotency);
    if (known !== undefined) return known;
    const turn = event.turn !== null && fits(event.turn, recipients) ? event.turn : undefined;
    insert(context.database, event, turn !== undefined);
    if (event.campaign !== undefined) insertCampaign(context.database, event, event.campaign);
    context.count(labels.of(event), "accepted", event.receivedAt);
    return { status: "accepted", id: event.id, turn: turn === undefined ? null : writeTurn(context, turn, suspects) };
  });
};

/** Takes the key for this event, or tells what it was used for. */
function claim(database: Database, event: NewEvent, key: IdempotencyClaim): AcceptResult | undefined {
  const newest = bucketOf(event.receivedAt);
  const oldest = newest - Math.ceil((key.expiresAt - event.receivedAt) / idempotencyBucketMs);
  for (let bucket = newest; bucket >= oldest; bucket -= 1) {
    const row = database.get(
      "select body_hash, event_id, expires_at from idempotency where bucket = ? and environment_id = ? and key_hash = ?",
      bucket,
      event.environmentId,
      key.keyHash,
    );
    if (row === undefined || integer(row, "expires_at") <= event.receivedAt) continue;
    return text(row, "body_hash") === key.bodyHash
      ? { status: "duplicate", id: text(row, "event_id") }
      : { status: "mismatch" };
  }
  database.run(
    "insert or replace into idempotency (environment_id, bucket, key_hash, body_hash, event_id, expires_at) values (?, ?, ?, ?, ?, ?)",
    event.environmentId,
    newest,
    key.keyHash,
    key.bodyHash,
    event.id,
    key.expiresAt,
  );
  return undefined;
}

/** `done`: the event came with its only turn, so nothing of it is due, and nothing waits to be upserted. */
function insert(database: Database, event: NewEvent, done: boolean): void {
  database.run(
    `insert into event (id, environment_id, kind, name, tenant, lane, state, received_at, due_at, expires_at, cancellation_hash,
       generation, cursor, payload, inline, trace, order_key, order_place)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
    event.id,
    event.environmentId,
    event.kind === "message" ? 1 : 0,
    event.name,
    event.tenant,
    laneCode[event.lane],
    done ? eventStateCode.done : eventStateCode.accepted,
    event.receivedAt,
    done ? null : event.dueAt,
    event.expiresAt,
    event.cancellationHash,
    event.generation,
    event.payload,
    event.inline,
    event.trace,
    event.order?.key ?? null,
    event.order?.place ?? null,
  );
}
