import { lanes } from "@tidings/contract/words";
import { eventKinds } from "../../../domain/event-kind.ts";
import type { EventRecord } from "../../../ports/store/orchestrate.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";
import { descentOf } from "./descent.ts";
import { orderMark } from "./order-mark.ts";

/** `cursor` and `position` are those of the part which is loaded. */
export function eventRecord(row: SqlRow, cursor: number, position: string | null): EventRecord {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    kind: wordAt(eventKinds, integer(row, "kind")),
    name: text(row, "name"),
    tenant: text(row, "tenant"),
    lane: wordAt(lanes, integer(row, "lane")),
    receivedAt: integer(row, "received_at"),
    dueAt: integerOrNull(row, "due_at") ?? integer(row, "received_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    cancellationHash: textOrNull(row, "cancellation_hash"),
    generation: integer(row, "generation"),
    payload: text(row, "payload"),
    inline: textOrNull(row, "inline"),
    trace: textOrNull(row, "trace"),
    cursor,
    position,
    order: orderMark(row),
    descent: descentOf(row),
  };
}
