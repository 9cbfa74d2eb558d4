import { lanes } from "@tidings/contract/words";
import { eventStateCode, laneCode, wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";

export const loadEvents: Call<"loadEvents"> = ({ database }, { ids, lane }) =>
  ids.flatMap((id) => {
    const event = database.get("select * from event where id = ?", id);
    if (event === undefined) return [];
    if (integer(event, "lane") === laneCode[lane]) {
      return integer(event, "state") === eventStateCode.accepted ? [record(event, integer(event, "cursor"))] : [];
    }
    const part = database.get(
      "select cursor from continuation where event_id = ? and lane = ? and due_at is not null",
      id,
      laneCode[lane],
    );
    return part === undefined ? [] : [record(event, integer(part, "cursor"))];
  });

function record(row: SqlRow, cursor: number) {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    kind: integer(row, "kind") === 1 ? ("message" as const) : ("event" as const),
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
    cursor,
  };
}
