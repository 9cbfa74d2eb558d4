import { eventRow } from "../../sql/rows/log.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call } from "../context.ts";

export const getEvent: Call<"getEvent"> = ({ database }, { environmentId, id, limit }) => {
  const row = database.get("select * from event where id = ? and environment_id = ?", id, environmentId);
  if (row === undefined) return undefined;
  const messages = database.all("select * from message where event_id = ? order by id limit ?", id, limit + 1);
  const runs = database.all("select * from run where event_id = ? order by id limit ?", id, limit + 1);
  const decisions = database.all("select * from decision where event_id = ? order by sequence limit ?", id, limit + 1);
  return eventRow(row, {
    derived: database.get("select * from derived where environment_id = ? and root = ?", environmentId, id),
    messages: messages.slice(0, limit).map((message) => messageRow(message, attemptsOf(database, message))),
    runs: runs.slice(0, limit),
    decisions: decisions.slice(0, limit),
    truncated: messages.length > limit || runs.length > limit || decisions.length > limit,
  });
};
