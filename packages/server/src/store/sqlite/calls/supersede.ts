import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { messageStateCode } from "../../sql/codes.ts";
import {
  type Collapsed,
  collapse,
  hasCollapse,
  newestOf,
  type StoredCollapse,
  supersededDecision,
  supersedingSql,
  withDecision,
} from "../../sql/collapse.ts";
import { text } from "../../sql/columns.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { CallContext } from "../context.ts";
import type { Database } from "../database.ts";

const newerSql = `select id from message where collapse_hash = ? and (event_id, id) > (?, ?)
  order by event_id desc, id desc limit 1`;
const olderSql = `select id from message where collapse_hash = ? and (event_id, id) < (?, ?) and state = ${messageStateCode.queued}`;

/** Which of the messages others have overtaken, and whose place they take; undefined where none has a collapse key. */
export function collapsed(database: Database, messages: readonly NewMessage[]): Collapsed | undefined {
  if (!hasCollapse(messages)) return undefined;
  const newest = newestOf(messages);
  const stored = new Map<string, StoredCollapse>();
  for (const [hash, { eventId, id }] of newest) {
    const newer = database.get(newerSql, hash, eventId, id);
    const older = newer === undefined ? database.all(olderSql, hash, eventId, id) : [];
    stored.set(hash, {
      newer: newer === undefined ? undefined : text(newer, "id"),
      older: older.map((row) => text(row, "id")),
    });
  }
  return collapse(messages, newest, stored);
}

const endedSql = `update message set ${supersedingSql}, settled_at = ?, decisions = ${withDecision("?")}
  where id = ? and state = ${messageStateCode.queued} returning id, ${labelColumns}`;

/** Ends what waited, in favour of a message that was written. */
export function supersede(
  { database, webhooks, count }: CallContext,
  { id: by, origin, createdAt: at }: NewMessage,
  older: readonly string[],
): void {
  for (const id of older) {
    for (const row of database.all(endedSql, at, supersededDecision(by, at), id)) {
      const labels = labelsOf(origin.environmentId, row);
      webhooks.state(origin.environmentId, labels.tenant, id, "canceled", at);
      count(labels, "canceled", at, { mailbox: mailboxOf(row) });
    }
  }
}
