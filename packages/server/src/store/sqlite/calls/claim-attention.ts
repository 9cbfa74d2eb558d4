import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { type Admitted, type AttentionRow, admitMessages, claimedOf } from "../../sql/attention.ts";
import { text } from "../../sql/columns.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";

const readSql = `select recipient, entries from attention
  where environment_id = ? and recipient in (select value from json_each(?))`;
const writtenSql = `insert into attention (environment_id, recipient, entries) values (?, ?, ?)
  on conflict do update set entries = excluded.entries`;

/** Places for messages that claim one, in the turn's transaction, of which there is one at a time. */
export function claimAttention(
  database: Database,
  messages: readonly NewMessage[],
  replaces?: ReadonlyMap<string, readonly string[]>,
): Admitted | undefined {
  if (messages.every(({ claim }) => claim === null)) return undefined;
  const admitted = admitMessages(messages, readRows(database, messages), replaces);
  for (const { environmentId, recipient, entries } of admitted.rows)
    database.run(writtenSql, environmentId, recipient, entries);
  for (const decision of admitted.decisions) insertDecision(database, decision);
  return admitted;
}

/** One statement for all recipients of an environment; those without a row have no entries. */
export function readRows(database: Database, messages: readonly NewMessage[]): AttentionRow[] {
  const recipients = new Map<number, string[]>();
  for (const { environmentId, recipient } of claimedOf(messages)) {
    const own = recipients.get(environmentId);
    if (own === undefined) recipients.set(environmentId, [recipient]);
    else own.push(recipient);
  }
  return [...recipients].flatMap(([environmentId, own]) => {
    const rows = database.all(readSql, environmentId, JSON.stringify(own));
    const found = new Map(rows.map((row) => [text(row, "recipient"), text(row, "entries")]));
    return own.map((recipient) => ({ environmentId, recipient, entries: found.get(recipient) ?? "" }));
  });
}
