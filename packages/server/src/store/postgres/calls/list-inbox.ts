import type { InboxBounds, InboxVisit } from "../../../ports/store/inbox.ts";
import { type SqlRow, textOrNull } from "../../sql/columns.ts";
import { type InboxFilter, shownBy } from "../../sql/inbox-conditions.ts";
import { isId } from "../../sql/is-id.ts";
import { itemRow } from "../../sql/rows/inbox-item.ts";
import type { Call } from "../context.ts";
import { inboxOf } from "../inbox/lock-inboxes.ts";
import { expireInboxes } from "../inbox/settle-expired.ts";
import type { PgValue, Session } from "../session.ts";

/** The inbox, the recipient's key and items, read by one statement so that they are of one moment: no lock is taken. */
const readSql = (items: string): string =>
  `select inbox.*, recipient.wrapped_key, item.id, item.created_at, item.expires_at, item.sealed, item.seen_at, item.read_at,
     item.archived_at, item.action, item.acted_at
   from inbox
   left join recipient on recipient.environment_id = inbox.environment_id and recipient.id = inbox.recipient
   left join lateral (${items}) as item on true
   where inbox.environment_id = $1 and inbox.recipient = $2`;
const pageSql = (filter: InboxFilter): string =>
  readSql(`select * from inbox_item where environment_id = $1 and recipient = $2 and id < $3 and ${shownBy[filter]}
    order by id desc limit $4`);
const pages = {
  all: pageSql("all"),
  unseen: pageSql("unseen"),
  unread: pageSql("unread"),
  archived: pageSql("archived"),
} as const;
const itemSql = readSql("select * from inbox_item where environment_id = $1 and recipient = $2 and id = $3");

export const listInbox: Call<"listInbox"> = async ({ sql }, input) => {
  const { environmentId, recipient, filter, before, limit } = input;
  // `g` is after every id.
  const found = await read(sql, input, pages[filter], environmentId, recipient, before === "" ? "g" : before, limit);
  return found === undefined ? undefined : { ...found, items: found.rows.map(itemRow) };
};

export const getInboxItem: Call<"getInboxItem"> = async ({ sql }, input) => {
  const { environmentId, recipient, id } = input;
  // No item has an empty id.
  const found = await read(sql, input, itemSql, environmentId, recipient, isId(id) ? id : "");
  if (found === undefined) return undefined;
  const { rows, wrappedKey } = found;
  return { item: rows[0] === undefined ? undefined : itemRow(rows[0]), wrappedKey };
};

/** Where something is due to expire, it is taken out first, and all is read again. */
async function read(sql: Session, input: InboxVisit & { bounds: InboxBounds }, text: string, ...values: PgValue[]) {
  const { now, bounds, generation } = input;
  let rows = await sql.all(text, ...values);
  let [first] = rows;
  if (first !== undefined && inboxOf(first, bounds).state.isDue(now)) {
    await expireInboxes(sql, [input], bounds, now);
    rows = await sql.all(text, ...values);
    [first] = rows;
  }
  if (first === undefined) return undefined;
  const { head } = inboxOf(first, bounds);
  if (head.generation !== generation) return undefined;
  return { rows: itemsOf(rows), wrappedKey: textOrNull(first, "wrapped_key"), head };
}

/** An inbox without items is a row too. */
const itemsOf = (rows: readonly SqlRow[]): SqlRow[] => rows.filter((row) => row["id"] !== null);
