import { eventStates } from "@tidings/contract/words";
import { timeOfId } from "../../../lib/ids.ts";
import type { GenerationRow, PastEvent, ReplayRow } from "../../../ports/store/replays.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";

export function replayRow(row: SqlRow): ReplayRow {
  return {
    id: text(row, "id"),
    document: text(row, "document"),
    canceledAt: integerOrNull(row, "canceled_at"),
    createdAt: integer(row, "created_at"),
    eventState: wordAt(eventStates, integer(row, "event_state")),
    reachedAt: row["position"] === null ? null : timeOfId(text(row, "position")),
  };
}

export function pastEvent(row: SqlRow): PastEvent {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    name: text(row, "name"),
    tenant: text(row, "tenant"),
    state: wordAt(eventStates, integer(row, "state")),
    receivedAt: integer(row, "received_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    cancellationHash: textOrNull(row, "cancellation_hash"),
    payload: text(row, "payload"),
    // One engine has truth values, the other has numbers.
    hasParts: row["has_parts"] === true || row["has_parts"] === 1,
    isDerived: row["root"] !== null,
    generation: integer(row, "made"),
  };
}

export function generationRow(row: SqlRow): GenerationRow {
  return {
    id: text(row, "id"),
    origin: text(row, "origin"),
    replay: text(row, "replay"),
    generation: integer(row, "generation"),
  };
}
