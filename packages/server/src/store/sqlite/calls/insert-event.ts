import type { NewEvent } from "../../../ports/store/ingest.ts";
import { eventKindCode, eventStateCode, laneCode } from "../../sql/codes.ts";
import type { Database } from "../database.ts";

/** `done`: the event came with its only turn, so nothing of it is due, and nothing waits to be upserted. */
export function insertEvent(database: Database, event: NewEvent, done: boolean): void {
  database.run(
    `insert into event (id, environment_id, kind, name, tenant, lane, state, received_at, due_at, expires_at, cancellation_hash,
       generation, cursor, payload, inline, trace, order_key, order_place, root, depth)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
    event.id,
    event.environmentId,
    eventKindCode[event.kind],
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
    event.descent?.root ?? null,
    event.descent?.depth ?? 0,
  );
}
