import type { InboxKey, NewInboxItem, NewInboxItemResult } from "../../../ports/store/inbox.ts";
import { text } from "../../sql/columns.ts";
import type { Call, CallContext } from "../context.ts";
import { columnsOf, inOrder, keyOf, lockInboxes } from "../inbox/lock-inboxes.ts";
import { nameOf, type OpenInbox } from "../inbox/open-inbox.ts";
import { saveInboxes } from "../inbox/save-inboxes.ts";
import { settleExpired } from "../inbox/settle-expired.ts";
import { Leaving } from "../inbox/trim-items.ts";
import type { Session } from "../session.ts";
import { FeedbackRows } from "./feedback-rows.ts";

/** Reads and locks in one go: recipients, so that none is deleted meanwhile, then inboxes, then messages. */
export const addInboxItems: Call<"addInboxItems"> = async (context, { items, now, bounds }) => {
  const { sql } = context;
  const [keys, , inboxes, there, messages] = await Promise.all([
    wrappedKeys(sql, items),
    makeInboxes(sql, items, now),
    lockInboxes(sql, items, bounds),
    itemsThere(sql, items),
    FeedbackRows.lock(sql, items.map(messageOf)),
  ]);
  const coming = new Map<string, { inbox: OpenInbox; count: number }>();
  const seen = new Set(there);
  const results = items.map((item): NewInboxItemResult => {
    const inbox = inboxes.get(nameOf(item));
    if (keys.get(nameOf(item)) !== item.wrappedKey) return "recipient_gone";
    if (seen.has(placeOf(item)) || isDelivered(messages, item)) return "duplicate";
    if (item.expiresAt !== null && item.expiresAt <= now) return "expired";
    if (inbox === undefined) throw new Error("an insert left no inbox");
    seen.add(placeOf(item));
    coming.set(nameOf(item), { inbox, count: (coming.get(nameOf(item))?.count ?? 0) + 1 });
    return "stored";
  });
  const opened = [...coming.values()].map(({ inbox }) => inbox);
  await settleExpired(sql, opened, now);
  const leaving = await Leaving.of(sql, [...coming.values()], now);
  for (const [index, item] of items.entries()) {
    if (results[index] !== "stored") continue;
    add(item, inboxes.get(nameOf(item)), leaving.get(nameOf(item)));
    tellDelivered(context, messages, item, now);
  }
  await Promise.all([saveInboxes(sql, opened), messages.write(sql, now)]);
  return results;
};

function add(item: NewInboxItem, inbox: OpenInbox | undefined, leaving: Leaving | undefined): void {
  inbox?.add(item);
  leaving?.add(item.id);
  if (inbox !== undefined) leaving?.trim(inbox);
}

const placeOf = (item: InboxKey & { id: string }): string => `${item.id}:${nameOf(item)}`;
const messageOf = ({ environmentId, id }: NewInboxItem) => ({ environmentId, messageId: id });

const keysSql = `select recipient.* from json_to_recordset($1) as r (environment_id int, recipient text)
  cross join lateral (
    select environment_id, id as recipient, wrapped_key from recipient
    where environment_id = r.environment_id and id = r.recipient for key share
  ) as recipient`;

/** The data keys that items are to be sealed with. Locked: no item comes in behind a recipient's deletion. */
async function wrappedKeys(sql: Session, items: readonly NewInboxItem[]): Promise<Map<string, string>> {
  const rows = await sql.all(keysSql, JSON.stringify(inOrder(items).map(columnsOf)));
  return new Map(rows.map((row) => [nameOf(keyOf(row)), text(row, "wrapped_key")]));
}

const madeSql = `insert into inbox (environment_id, recipient, sequence, forgotten, unseen, unread, items, generation, next_expiry_at)
  select r.environment_id, r.recipient, $2::bigint, $2::bigint, 0, 0, 0, $2::bigint, null
  from json_to_recordset($1) as r (environment_id int, recipient text, wrapped_key text)
  where (select wrapped_key from recipient where environment_id = r.environment_id and id = r.recipient) = r.wrapped_key
  on conflict do nothing`;

/** Inboxes are made by their first item, so for none that is to come in to nobody, or too late. */
async function makeInboxes(sql: Session, items: readonly NewInboxItem[], now: number): Promise<void> {
  const open = items.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const rows = inOrder(open, ({ wrappedKey }) => wrappedKey).map((item) => ({
    ...columnsOf(item),
    wrapped_key: item.wrappedKey,
  }));
  if (rows.length > 0) await sql.run(madeSql, JSON.stringify(rows), now);
}

const thereSql = `select item.* from json_to_recordset($1) as r (environment_id int, recipient text, id text)
  cross join lateral (
    select environment_id, recipient, id from inbox_item
    where environment_id = r.environment_id and recipient = r.recipient and id = r.id offset 0
  ) as item`;

async function itemsThere(sql: Session, items: readonly NewInboxItem[]): Promise<string[]> {
  const rows = await sql.all(thereSql, JSON.stringify(items.map((item) => ({ ...columnsOf(item), id: item.id }))));
  return rows.map((row) => `${text(row, "id")}:${nameOf(keyOf(row))}`);
}

/** Delivered is written with the item: an item that has left again does not come back. */
function isDelivered(messages: FeedbackRows, item: NewInboxItem): boolean {
  const message = messages.find(messageOf(item));
  return message !== undefined && message.deliveredAt !== null;
}

/** What is in the inbox is delivered, and was sent. The attempt's outcome comes after it and finds it so. */
function tellDelivered(context: CallContext, messages: FeedbackRows, item: NewInboxItem, now: number): void {
  messages.apply(context, { ...messageOf(item), kind: "delivered", at: now, code: "" }, now);
}
