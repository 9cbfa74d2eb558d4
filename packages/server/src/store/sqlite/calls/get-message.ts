import { channelCode, messageStateCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call } from "../context.ts";

export const getMessage: Call<"getMessage"> = ({ database }, { environmentId, id }) => {
  const row = database.get("select * from message where id = ? and environment_id = ?", id, environmentId);
  return row === undefined ? undefined : messageRow(row, attemptsOf(database, row));
};

export const listMessages: Call<"listMessages"> = ({ database }, query) => {
  const before = query.before === "" ? "g" : query.before;
  const found = database.all(
    query.eventId === undefined
      ? "select id, environment_id, state, channel, recipient from message where id < ? order by id desc limit ?"
      : "select id, environment_id, state, channel, recipient from message where id < ? and event_id = ? order by id desc limit ?",
    ...(query.eventId === undefined ? [before, scannedMax] : [before, query.eventId, scannedMax]),
  );
  const ids: string[] = [];
  let last: string | undefined;
  for (const row of found) {
    last = text(row, "id");
    const fits =
      integer(row, "environment_id") === query.environmentId &&
      (query.state === undefined || integer(row, "state") === messageStateCode[query.state]) &&
      (query.channel === undefined || integer(row, "channel") === channelCode[query.channel]) &&
      (query.recipient === undefined || text(row, "recipient") === query.recipient);
    if (fits) ids.push(last);
    if (ids.length === query.limit) break;
  }
  const items = ids.flatMap((id) => {
    const row = database.get("select * from message where id = ?", id);
    return row === undefined ? [] : [messageRow(row, attemptsOf(database, row))];
  });
  const more = found.length === scannedMax || ids.length === query.limit;
  return { items, next: more ? last : undefined };
};
