import { changeKindCode } from "../../sql/rows/inbox-change.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { columnsOf } from "./lock-inboxes.ts";
import type { OpenInbox } from "./open-inbox.ts";

const removedSql = `delete from inbox_item
  using json_to_recordset($1) as r (environment_id int, recipient text, id text)
  where inbox_item.environment_id = r.environment_id and inbox_item.recipient = r.recipient and inbox_item.id = r.id
    and ${few}`;

const addedSql = `insert into inbox_item (environment_id, recipient, id, created_sequence, created_at, expires_at, sealed)
  select environment_id, recipient, id, created_sequence, created_at, expires_at, sealed
  from json_to_recordset($1) as r (environment_id int, recipient text, id text, created_sequence bigint, created_at bigint,
    expires_at bigint, sealed text)`;

const markedSql = `update inbox_item set seen_at = r.seen_at, read_at = r.read_at, archived_at = r.archived_at, action = r.action,
    acted_at = r.acted_at
  from json_to_recordset($1) as r (environment_id int, recipient text, id text, seen_at bigint, read_at bigint,
    archived_at bigint, action text, acted_at bigint)
  where inbox_item.environment_id = r.environment_id and inbox_item.recipient = r.recipient and inbox_item.id = r.id
    and ${few}`;

const changedSql = `insert into inbox_change (environment_id, recipient, sequence, kind, item, unseen, unread)
  select environment_id, recipient, sequence, kind, item, unseen, unread
  from json_to_recordset($1) as r (environment_id int, recipient text, sequence bigint, kind smallint, item text,
    unseen int, unread int)`;

const forgottenSql = `delete from inbox_change using json_to_recordset($1) as r (environment_id int, recipient text, forgotten bigint)
  where inbox_change.environment_id = r.environment_id and inbox_change.recipient = r.recipient
    and inbox_change.sequence <= r.forgotten and ${few}`;

const savedSql = `update inbox set sequence = r.sequence, forgotten = r.forgotten, unseen = r.unseen, unread = r.unread,
    items = r.items, next_expiry_at = r.next_expiry_at
  from json_to_recordset($1) as r (environment_id int, recipient text, sequence bigint, forgotten bigint, unseen int,
    unread int, items int, next_expiry_at bigint)
  where inbox.environment_id = r.environment_id and inbox.recipient = r.recipient and ${few}`;

/** Writes what was made of inboxes, a statement a table, all sent at once; forgets changes above the bound. */
export async function saveInboxes(sql: Session, inboxes: readonly OpenInbox[]): Promise<void> {
  const changed = inboxes.filter(({ state }) => state.changed);
  const forgetting = changed.filter(({ state }) => state.forget());
  await Promise.all([
    write(sql, removedSql, changed.flatMap(removedOf)),
    write(sql, addedSql, changed.flatMap(addedOf)),
    write(sql, markedSql, changed.flatMap(markedOf)),
    write(sql, changedSql, changed.flatMap(changesOf)),
    write(sql, forgottenSql, forgetting.map(rowOf)),
    write(sql, savedSql, changed.map(rowOf)),
  ]);
  for (const { state } of changed) state.saved();
}

async function write(sql: Session, text: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await sql.run(text, JSON.stringify(rows));
}

function removedOf({ key, removed }: OpenInbox) {
  return removed.map((id) => ({ ...columnsOf(key), id }));
}

function addedOf({ key, added }: OpenInbox) {
  return [...added.values()].map(({ id, sequence, createdAt, expiresAt, sealed }) => ({
    ...columnsOf(key),
    id,
    created_sequence: sequence,
    created_at: createdAt,
    expires_at: expiresAt,
    sealed,
  }));
}

function markedOf({ key, marked }: OpenInbox) {
  return [...marked].map(([id, { seenAt, readAt, archivedAt, action, actedAt }]) => ({
    ...columnsOf(key),
    id,
    seen_at: seenAt,
    read_at: readAt,
    archived_at: archivedAt,
    action,
    acted_at: actedAt,
  }));
}

/** Those that are kept: one call may make more than the bound. */
function changesOf({ key, state, changes }: OpenInbox) {
  return changes
    .filter(({ sequence }) => sequence > state.forgotten)
    .map(({ sequence, kind, item, unseen, unread }) => ({
      ...columnsOf(key),
      sequence,
      kind: changeKindCode[kind],
      item,
      unseen,
      unread,
    }));
}

function rowOf({ key, state }: OpenInbox) {
  const { sequence, unseen, unread } = state.head;
  return {
    ...columnsOf(key),
    sequence,
    forgotten: state.forgotten,
    unseen,
    unread,
    items: state.items,
    next_expiry_at: state.nextExpiryAt,
  };
}
