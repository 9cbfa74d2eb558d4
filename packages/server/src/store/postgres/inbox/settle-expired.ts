import type { InboxBounds, InboxKey } from "../../../ports/store/inbox.ts";
import { integerOrNull, text } from "../../sql/columns.ts";
import { countsOfRow } from "../../sql/rows/inbox-item.ts";
import type { Session } from "../session.ts";
import { columnsOf, keyOf, lockInboxes } from "./lock-inboxes.ts";
import { nameOf, type OpenInbox } from "./open-inbox.ts";
import { saveInboxes } from "./save-inboxes.ts";

const dueSql = `select item.* from json_to_recordset($1) as r (environment_id int, recipient text)
  cross join lateral (
    select environment_id, recipient, id, seen_at, read_at, archived_at from inbox_item
    where environment_id = r.environment_id and recipient = r.recipient and expires_at <= $2 order by expires_at, id
    offset 0
  ) as item`;

const nextSql = `select r.environment_id, r.recipient, (
    select min(expires_at) from inbox_item
    where environment_id = r.environment_id and recipient = r.recipient and expires_at > $2
  ) as at
  from json_to_recordset($1) as r (environment_id int, recipient text)`;

/** Takes out what is due to expire; written when the inboxes are saved. */
export async function settleExpired(sql: Session, inboxes: readonly OpenInbox[], now: number): Promise<void> {
  const due = inboxes.filter(({ state }) => state.isDue(now));
  if (due.length === 0) return;
  const keys = JSON.stringify(due.map(({ key }) => columnsOf(key)));
  const [items, next] = await Promise.all([sql.all(dueSql, keys, now), sql.all(nextSql, keys, now)]);
  const byName = new Map(due.map((inbox) => [nameOf(inbox.key), inbox]));
  for (const row of items) byName.get(nameOf(keyOf(row)))?.remove(text(row, "id"), countsOfRow(row));
  for (const row of next) byName.get(nameOf(keyOf(row)))?.state.expiresNext(integerOrNull(row, "at"));
}

/** Inboxes that were found due before they were locked: what is still due is taken out, and written. */
export async function expireInboxes(
  sql: Session,
  keys: readonly InboxKey[],
  bounds: InboxBounds,
  now: number,
): Promise<void> {
  const inboxes = [...(await lockInboxes(sql, keys, bounds)).values()];
  await settleExpired(sql, inboxes, now);
  await saveInboxes(sql, inboxes);
}
