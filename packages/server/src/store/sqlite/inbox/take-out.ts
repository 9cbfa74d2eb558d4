import type { SqlRow } from "../../sql/columns.ts";
import { integerOrNull, text } from "../../sql/columns.ts";
import { countsOfRow } from "../../sql/rows/inbox-item.ts";
import type { Database } from "../database.ts";
import type { OpenInbox } from "./open-inbox.ts";

/** Takes out what is due to expire. */
export function settleExpired(database: Database, inbox: OpenInbox, now: number): void {
  if (!inbox.isDue(now)) return;
  const { environmentId, recipient } = inbox.key;
  const due = database.all(
    "select id, seen_at, read_at, archived_at from inbox_item where environment_id = ? and recipient = ? and expires_at <= ? order by expires_at, id",
    environmentId,
    recipient,
    now,
  );
  for (const row of due) takeOut(database, inbox, row);
  const next = database.get(
    "select min(expires_at) as at from inbox_item where environment_id = ? and recipient = ? and expires_at is not null",
    environmentId,
    recipient,
  );
  inbox.expiresNext(next === undefined ? null : integerOrNull(next, "at"));
}

/** Takes out what is above the bound: the oldest archived items first, then the oldest. */
export function trimItems(database: Database, inbox: OpenInbox): void {
  const { environmentId, recipient } = inbox.key;
  while (inbox.surplus > 0) {
    const row =
      database.get(
        "select id, seen_at, read_at, archived_at from inbox_item where environment_id = ? and recipient = ? and archived_at is not null order by id limit 1",
        environmentId,
        recipient,
      ) ??
      database.get(
        "select id, seen_at, read_at, archived_at from inbox_item where environment_id = ? and recipient = ? order by id limit 1",
        environmentId,
        recipient,
      );
    if (row === undefined) return;
    takeOut(database, inbox, row);
  }
}

function takeOut(database: Database, inbox: OpenInbox, row: SqlRow): void {
  const { environmentId, recipient } = inbox.key;
  const id = text(row, "id");
  database.run(
    "delete from inbox_item where environment_id = ? and recipient = ? and id = ?",
    environmentId,
    recipient,
    id,
  );
  inbox.removed(id, countsOfRow(row));
}
