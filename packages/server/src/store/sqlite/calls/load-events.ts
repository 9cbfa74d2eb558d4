import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { integer } from "../../sql/columns.ts";
import { eventRecord } from "../../sql/rows/event.ts";
import type { Call } from "../context.ts";

export const loadEvents: Call<"loadEvents"> = ({ database }, { ids, lane }) =>
  ids.flatMap((id) => {
    const event = database.get("select * from event where id = ?", id);
    if (event === undefined) return [];
    if (integer(event, "lane") === laneCode[lane]) {
      return integer(event, "state") === eventStateCode.accepted ? [eventRecord(event, integer(event, "cursor"))] : [];
    }
    const part = database.get(
      "select cursor from continuation where event_id = ? and lane = ? and due_at is not null",
      id,
      laneCode[lane],
    );
    return part === undefined ? [] : [eventRecord(event, integer(part, "cursor"))];
  });
