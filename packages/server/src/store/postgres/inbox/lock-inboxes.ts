import type { InboxBounds, InboxKey } from "../../../ports/store/inbox.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import type { Session } from "../session.ts";
import { nameOf, OpenInbox } from "./open-inbox.ts";

/** Rows come locked in the order of the keys. */
const lockedSql = `select inbox.* from json_to_recordset($1) as r (environment_id int, recipient text)
  cross join lateral (
    select * from inbox where environment_id = r.environment_id and recipient = r.recipient for update
  ) as inbox`;

const oneLockedSql = "select * from inbox where environment_id = $1 and recipient = $2 for update";

/** Where several take the locks of several inboxes, all take them in one order. */
export async function lockInboxes(
  sql: Session,
  keys: readonly InboxKey[],
  bounds: InboxBounds,
): Promise<Map<string, OpenInbox>> {
  const rows = await sql.all(lockedSql, JSON.stringify(inOrder(keys).map(columnsOf)));
  return new Map(rows.map((row) => inboxOf(row, bounds)).map((inbox) => [nameOf(inbox.key), inbox]));
}

export async function lockInbox(sql: Session, key: InboxKey, bounds: InboxBounds): Promise<OpenInbox | undefined> {
  const row = await sql.get(oneLockedSql, key.environmentId, key.recipient);
  return row === undefined ? undefined : inboxOf(row, bounds);
}

export function inboxOf(row: SqlRow, bounds: InboxBounds): OpenInbox {
  return new OpenInbox(keyOf(row), bounds, row);
}

/** Each key once; with `by`, once for each text that it gives. */
export function inOrder<Key extends InboxKey>(keys: readonly Key[], by: (key: Key) => string = () => ""): Key[] {
  const distinct = new Map(keys.map((key) => [`${nameOf(key)}\n${by(key)}`, key]));
  return [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

export function keyOf(row: SqlRow): InboxKey {
  return { environmentId: integer(row, "environment_id"), recipient: text(row, "recipient") };
}

export const columnsOf = ({ environmentId, recipient }: InboxKey) => ({ environment_id: environmentId, recipient });
