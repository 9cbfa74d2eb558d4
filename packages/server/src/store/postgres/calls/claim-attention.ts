import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { type Admitted, admitMessages, claimedOf } from "../../sql/attention.ts";
import { integer, text } from "../../sql/columns.ts";
import type { Session } from "../session.ts";
import { insertDecisions } from "./insert-decisions.ts";

/**
 * Locks the rows, and makes those that are missing: the update changes nothing, and waits for whoever has the row. Rows come in one
 * order, so that two calls never wait for each other's.
 */
const lockedSql = `insert into attention (environment_id, recipient, entries)
  select environment_id, recipient, '' from json_to_recordset($1) as r (environment_id int, recipient text)
  on conflict (environment_id, recipient) do update set entries = attention.entries
  returning environment_id, recipient, entries`;

const writtenSql = `update attention set entries = r.entries
  from json_to_recordset($1) as r (environment_id int, recipient text, entries text)
  where attention.environment_id = r.environment_id and attention.recipient = r.recipient`;

/** Locks the rows of those of whom messages claim something; for who locks more than them, and must begin with these. */
export async function lockAttention(sql: Session, messages: readonly NewMessage[]): Promise<void> {
  const keys = keysOf(messages);
  if (keys.length > 0) await sql.all(lockedSql, JSON.stringify(keys));
}

const keysOf = (messages: readonly NewMessage[]) =>
  claimedOf(messages).map(({ environmentId, recipient }) => ({ environment_id: environmentId, recipient }));

/** Places for messages that claim one: whoever wants one of the same recipient waits for this transaction's end. */
export async function claimAttention(
  sql: Session,
  messages: readonly NewMessage[],
  replaces?: ReadonlyMap<string, readonly string[]>,
): Promise<Admitted | undefined> {
  if (messages.every(({ claim }) => claim === null)) return undefined;
  const stored = (await sql.all(lockedSql, JSON.stringify(keysOf(messages)))).map((row) => ({
    environmentId: integer(row, "environment_id"),
    recipient: text(row, "recipient"),
    entries: text(row, "entries"),
  }));
  const admitted = admitMessages(messages, stored, replaces);
  const rows = admitted.rows.map(({ environmentId, ...row }) => ({ environment_id: environmentId, ...row }));
  await Promise.all([
    rows.length === 0 ? undefined : sql.run(writtenSql, JSON.stringify(rows)),
    insertDecisions(sql, admitted.decisions),
  ]);
  return admitted;
}
