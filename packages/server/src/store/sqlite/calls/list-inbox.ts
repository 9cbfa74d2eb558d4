import { type InboxFilter, shownBy } from "../../sql/inbox-conditions.ts";
import { itemRow } from "../../sql/rows/inbox-item.ts";
import type { Call } from "../context.ts";
import { wrappedKeyOf } from "../inbox/inbox-row.ts";
import { OpenInbox } from "../inbox/open-inbox.ts";
import { settleExpired } from "../inbox/take-out.ts";

const pageSql = (filter: InboxFilter): string =>
  `select * from inbox_item where environment_id = ? and recipient = ? and id < ? and ${shownBy[filter]} order by id desc limit ?`;
const sql = {
  all: pageSql("all"),
  unseen: pageSql("unseen"),
  unread: pageSql("unread"),
  archived: pageSql("archived"),
} as const;

export const listInbox: Call<"listInbox"> = ({ database }, input) => {
  const { environmentId, recipient, filter, before, limit, now } = input;
  const inbox = OpenInbox.find(database, input, input.bounds);
  if (inbox === undefined || inbox.head.generation !== input.generation) return undefined;
  settleExpired(database, inbox, now);
  inbox.save();
  // `g` is after every id.
  const rows = database.all(sql[filter], environmentId, recipient, before === "" ? "g" : before, limit);
  return { items: rows.map(itemRow), wrappedKey: wrappedKeyOf(database, input), head: inbox.head };
};

export const getInboxItem: Call<"getInboxItem"> = ({ database }, input) => {
  const inbox = OpenInbox.find(database, input, input.bounds);
  if (inbox === undefined || inbox.head.generation !== input.generation) return undefined;
  settleExpired(database, inbox, input.now);
  inbox.save();
  const row = database.get(
    "select * from inbox_item where environment_id = ? and recipient = ? and id = ?",
    input.environmentId,
    input.recipient,
    input.id,
  );
  return { item: row === undefined ? undefined : itemRow(row), wrappedKey: wrappedKeyOf(database, input) };
};
