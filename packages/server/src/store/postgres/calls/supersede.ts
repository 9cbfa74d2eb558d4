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
import { integer, text } from "../../sql/columns.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";
import { lockTexts } from "./lock-texts.ts";

const newerSql = `select r.hash, (select n.id from message n where n.collapse_hash = r.hash and (n.event_id, n.id) > (r.event_id, r.id)
    order by n.event_id desc, n.id desc limit 1) as newer
  from json_to_recordset($1) as r (hash text, event_id uuid, id uuid)`;
/** Locked, so that each is still unsent when places are given out. */
const olderSql = `select o.id, o.collapse_hash from json_to_recordset($1) as r (hash text, event_id uuid, id uuid)
  join message o on o.collapse_hash = r.hash and (o.event_id, o.id) < (r.event_id, r.id) and o.state = ${messageStateCode.queued}
  order by o.id for update of o`;

/** Locks the collapse keys of messages until the transaction ends. */
export async function lockCollapse(sql: Session, messages: readonly NewMessage[]): Promise<void> {
  if (hasCollapse(messages)) await lockTexts(sql, [...newestOf(messages).keys()]);
}

/**
 * Which of the messages others have overtaken, and whose place they take; undefined where none has a collapse key. Whoever
 * writes messages of the same key waits for this transaction's end, and finds them.
 */
export async function collapsed(sql: Session, messages: readonly NewMessage[]): Promise<Collapsed | undefined> {
  if (!hasCollapse(messages)) return undefined;
  const newest = newestOf(messages);
  await lockCollapse(sql, messages);
  const asked = JSON.stringify([...newest].map(([hash, { eventId, id }]) => ({ hash, event_id: eventId, id })));
  const [newer, older] = await Promise.all([sql.all(newerSql, asked), sql.all(olderSql, asked)]);
  const stored = new Map<string, StoredCollapse>();
  for (const row of newer) {
    const hash = text(row, "hash");
    const own = older.filter((each) => each["collapse_hash"] === hash);
    stored.set(hash, {
      newer: row["newer"] === null ? undefined : text(row, "newer"),
      older: own.map((each) => text(each, "id")),
    });
  }
  return collapse(messages, newest, stored);
}

const endedSql = `update message set ${supersedingSql}, holder = 0, settled_at = r.at, decisions = ${withDecision("r.decision")}
  from json_to_recordset($1) as r (environment_id int, id uuid, at bigint, decision text)
  where message.environment_id = r.environment_id and message.id = r.id and ${few} and message.state = ${messageStateCode.queued}
  returning message.environment_id, message.id, ${labelColumns}, r.at, ${lineColumns}`;

/** Ends what waited, in favour of messages that are written. */
export async function supersede(
  { sql, webhooks, count }: CallContext,
  written: readonly NewMessage[],
  replaces: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const rows = written.flatMap(({ id: by, origin: { environmentId }, createdAt: at }) =>
    (replaces.get(by) ?? []).map((id) => ({
      environment_id: environmentId,
      id,
      at,
      decision: supersededDecision(by, at),
    })),
  );
  if (rows.length === 0) return;
  const ended = await sql.all(endedSql, JSON.stringify(rows));
  for (const row of ended) {
    const [environmentId, at] = [integer(row, "environment_id"), integer(row, "at")];
    const labels = labelsOf(environmentId, row);
    webhooks.state(environmentId, labels.tenant, text(row, "id"), "canceled", at);
    count(labels, "canceled", at, { mailbox: mailboxOf(row) });
  }
  if (rows[0] !== undefined) await letNextGo(sql, ended, rows[0].at);
}
