import type { InboxChangeRow, InboxKey } from "../../../ports/store/inbox.ts";
import { integer, integerOrNull } from "../../sql/columns.ts";
import { changeRow } from "../../sql/rows/inbox-change.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { wrappedKeyOf } from "../inbox/inbox-row.ts";
import { OpenInbox } from "../inbox/open-inbox.ts";
import { settleExpired } from "../inbox/take-out.ts";

export const readInboxes: Call<"readInboxes"> = ({ database }, { reads, limit, now, bounds }) =>
  reads.map((read) => {
    const inbox = OpenInbox.find(database, read, bounds);
    if (inbox === undefined) return undefined;
    settleExpired(database, inbox, now);
    inbox.save();
    const { head, forgotten } = inbox;
    const { after } = read;
    // A number that is yet to come is of another inbox, or made up.
    const isKept = after !== null && after >= forgotten && after <= head.sequence;
    if (!isKept) return { head, wrappedKey: null, changes: null };
    if (after === head.sequence) return { head, wrappedKey: null, changes: [] };
    return { head, wrappedKey: wrappedKeyOf(database, read), changes: changesSince(database, read, after, limit) };
  });

function changesSince(database: Database, key: InboxKey, after: number, limit: number): InboxChangeRow[] {
  const rows = database.all(
    `select inbox_item.*, change.sequence, change.kind, change.item, change.unseen, change.unread
     from inbox_change as change left join inbox_item
       on inbox_item.environment_id = change.environment_id and inbox_item.recipient = change.recipient and inbox_item.id = change.item
     where change.environment_id = ? and change.recipient = ? and change.sequence > ? order by change.sequence limit ?`,
    key.environmentId,
    key.recipient,
    after,
    limit,
  );
  return rows.map(changeRow);
}

export const inboxHeads: Call<"inboxHeads"> = ({ database }, { keys }) =>
  keys.map(({ environmentId, recipient }) => {
    const row = database.get(
      "select sequence, generation, next_expiry_at from inbox where environment_id = ? and recipient = ?",
      environmentId,
      recipient,
    );
    if (row === undefined) return undefined;
    return {
      sequence: integer(row, "sequence"),
      generation: integer(row, "generation"),
      nextExpiryAt: integerOrNull(row, "next_expiry_at"),
    };
  });
