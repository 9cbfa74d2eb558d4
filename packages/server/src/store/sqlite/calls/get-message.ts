import type { MessageQuery } from "../../../ports/store/log.ts";
import { channelCode, messageStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { messagesOfEvent } from "./messages-of-event.ts";

export const getMessage: Call<"getMessage"> = ({ database }, { environmentId, id }) => {
  const row = database.get("select * from message where id = ? and environment_id = ?", id, environmentId);
  return row === undefined ? undefined : messageRow(row, attemptsOf(database, row));
};

export const listMessages: Call<"listMessages"> = ({ database }, query) => {
  const ids: string[] = [];
  let last: string | undefined;
  let seen = 0;
  for (const row of newestFirst(database, query)) {
    seen += 1;
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
  const more = seen === scannedMax || ids.length === query.limit;
  return { items, next: more ? last : undefined };
};

/** As many as a page may look at, but first only so many as fill it where all of them fit. */
function* newestFirst(database: Database, query: MessageQuery): Generator<SqlRow> {
  if (query.eventId !== undefined) return yield* messagesOfEvent(database, query.eventId, query);
  let before = query.before === "" ? "g" : query.before;
  let left = scannedMax;
  for (let size = Math.min(query.limit, left); size > 0; size = left) {
    const rows = database.all(
      "select id, environment_id, state, channel, recipient from message where id < ? order by id desc limit ?",
      before,
      size,
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    before = text(last, "id");
    left -= rows.length;
  }
}
