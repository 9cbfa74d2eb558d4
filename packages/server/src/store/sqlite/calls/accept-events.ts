import type { AcceptResult, IdempotencyClaim, NewEvent } from "../../../ports/store/ingest.ts";
import { integer, text } from "../../sql/columns.ts";

import { EventLabels } from "../../sql/event-labels.ts";
import { bucketOf, idempotencyBucketMs } from "../../sql/idempotency.ts";

import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { fits, recipientsAsRead } from "./as-read.ts";
import { insertCampaign } from "./campaigns.ts";
import { insertEvent } from "./insert-event.ts";
import { insertReplay } from "./insert-replay.ts";
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
    insertEvent(context.database, event, turn !== undefined);
    if (event.campaign !== undefined) insertCampaign(context.database, event, event.campaign);
    if (event.replayed !== undefined) insertReplay(context.database, event, event.replayed);
    for (const webhook of event.webhooks ?? []) context.webhooks.recipient(webhook);
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
