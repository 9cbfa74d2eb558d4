import { entryOf } from "../../../domain/attention.ts";
import { writeEntry } from "../../../domain/attention-entry.ts";
import { placesOf } from "../../../domain/attention-text.ts";
import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { type Admitted, type AttentionRow, admitMessages, claimantOf, claimedOf } from "../../sql/attention.ts";
import { text } from "../../sql/columns.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";

const readSql = `select recipient, entries from attention
  where environment_id = ? and recipient in (select value from json_each(?))`;
const writtenSql = `insert into attention (environment_id, recipient, entries) values (?, ?, ?)
  on conflict do update set entries = excluded.entries`;

/** Of a longer row, what is past is cut off before it grows. So long is what a day's cap of twenty messages comes to. */
const shortRowMax = 2048;
const appendedSql = `insert into attention (environment_id, recipient, entries) values (?, ?, ?)
  on conflict do update set entries = case entries when '' then excluded.entries else entries || char(10) || excluded.entries end
  where length(entries) <= ${shortRowMax} and instr(entries, ?) = 0
    and length(entries) - length(replace(entries, char(10), '')) + 1 < ?`;

/** Places for messages that claim one, in the turn's transaction, of which there is one at a time. */
export function claimAttention(
  database: Database,
  messages: readonly NewMessage[],
  replaces?: ReadonlyMap<string, readonly string[]>,
): Admitted | undefined {
  if (messages.every(({ claim }) => claim === null)) return undefined;
  const contended = appendShort(database, messages, replaces);
  const admitted = admitMessages(contended, readRows(database, contended), replaces);
  for (const { environmentId, recipient, entries } of admitted.rows)
    database.run(writtenSql, environmentId, recipient, entries);
  for (const decision of admitted.decisions) insertDecision(database, decision);
  return { ...admitted, messages: inOrder(messages, contended, admitted.messages) };
}

/** Those with a place, in the order in which they were given. */
function inOrder(messages: readonly NewMessage[], contended: readonly NewMessage[], admitted: readonly NewMessage[]) {
  if (contended.length === 0) return messages;
  const asked = new Set(contended);
  const kept = new Map(admitted.map((message) => [message.id, message]));
  return messages.flatMap((message) => (asked.has(message) ? (kept.get(message.id) ?? []) : message));
}

/**
 * A message whose recipient has fewer entries than any cap has places is written behind them by one statement, unread: a
 * hundred at a time, with their commit, took 31 µs each and take 25. Gives the others, which have to be asked for.
 */
function appendShort(
  database: Database,
  messages: readonly NewMessage[],
  replaces: ReadonlyMap<string, readonly string[]> | undefined,
): NewMessage[] {
  const contended: NewMessage[] = [];
  for (const message of messages) {
    const { claim, id, origin, recipient } = message;
    if (claim === null) continue;
    const places = replaces?.has(id) === true ? 0 : placesOf(claim);
    const claimant = claimantOf(message);
    const line = writeEntry(entryOf(claimant, claim, claimant.at));
    if (places > 0 && database.run(appendedSql, origin.environmentId, recipient, line, id, places) === 1) continue;
    contended.push(message);
  }
  return contended;
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
