import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { integer, type SqlRow, textOrNull } from "../../sql/columns.ts";
import { pausedUntil } from "../../sql/paused.ts";
import { eventRecord } from "../../sql/rows/event.ts";
import type { Call } from "../context.ts";

export const loadEvents: Call<"loadEvents"> = ({ database }, { ids, lane }) =>
  ids.flatMap((id) => {
    const event = database.get("select * from event where id = ?", id);
    if (event === undefined) return [];
    if (integer(event, "lane") === laneCode[lane]) {
      const isOpen = integer(event, "state") === eventStateCode.accepted && integer(event, "due_at") !== pausedUntil;
      return isOpen ? own(event) : [];
    }
    const part = database.get(
      `select cursor, position from continuation where event_id = ? and lane = ? and due_at <> ${pausedUntil}`,
      id,
      laneCode[lane],
    );
    return part === undefined ? [] : [eventRecord(event, integer(part, "cursor"), textOrNull(part, "position"))];
  });

const own = (event: SqlRow) => [eventRecord(event, integer(event, "cursor"), textOrNull(event, "position"))];
