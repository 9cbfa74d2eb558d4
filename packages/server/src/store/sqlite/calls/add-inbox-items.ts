import { countsOf, newMarks } from "../../../domain/inbox.ts";
import type { InboxBounds, NewInboxItem, NewInboxItemResult } from "../../../ports/store/inbox.ts";
import type { Call, CallContext } from "../context.ts";
import { wrappedKeyOf } from "../inbox/inbox-row.ts";
import { OpenInbox } from "../inbox/open-inbox.ts";
import { settleExpired, trimItems } from "../inbox/take-out.ts";
import { applyFeedback } from "./record-feedback.ts";

export const addInboxItems: Call<"addInboxItems"> = (context, { items, now, bounds }) => {
  const open = new Map<string, OpenInbox>();
  const results = items.map((item) => add(context, item, now, bounds, open));
  for (const inbox of open.values()) inbox.save();
  return results;
};

function add(
  context: CallContext,
  item: NewInboxItem,
  now: number,
  bounds: InboxBounds,
  open: Map<string, OpenInbox>,
): NewInboxItemResult {
  const { database } = context;
  if (wrappedKeyOf(database, item) !== item.wrappedKey) return "recipient_gone";
  if (isThere(context, item) || wasDelivered(context, item)) return "duplicate";
  if (item.expiresAt !== null && item.expiresAt <= now) return "expired";
  const name = `${item.environmentId}:${item.recipient}`;
  const inbox = open.get(name) ?? OpenInbox.openOrMake(database, item, bounds, now);
  open.set(name, inbox);
  settleExpired(database, inbox, now);
  database.run(
    `insert into inbox_item (environment_id, recipient, id, created_sequence, created_at, expires_at, sealed)
     values (?, ?, ?, ?, ?, ?, ?)`,
    item.environmentId,
    item.recipient,
    item.id,
    inbox.nextSequence,
    item.createdAt,
    item.expiresAt,
    item.sealed,
  );
  const { unseen, unread } = countsOf(newMarks);
  inbox.added(item.expiresAt);
  inbox.change("created", item.id, unseen, unread);
  trimItems(database, inbox);
  delivered(context, item, now);
  return "stored";
}

function isThere({ database }: CallContext, item: NewInboxItem): boolean {
  return (
    database.get(
      "select 1 from inbox_item where environment_id = ? and recipient = ? and id = ?",
      item.environmentId,
      item.recipient,
      item.id,
    ) !== undefined
  );
}

/** Delivered is written with the item: an item that has left again does not come back. */
function wasDelivered({ database }: CallContext, item: NewInboxItem): boolean {
  return (
    database.get(
      "select 1 from message where id = ? and environment_id = ? and delivered_at is not null",
      item.id,
      item.environmentId,
    ) !== undefined
  );
}

/** What is in the inbox is delivered, and was sent. The attempt's outcome comes after it and finds it so. */
function delivered(context: CallContext, { environmentId, id: messageId }: NewInboxItem, now: number): void {
  applyFeedback(context, { environmentId, messageId, kind: "delivered", at: now, code: "" }, now);
}
