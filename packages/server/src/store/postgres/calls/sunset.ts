import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { integer, text } from "../../sql/columns.ts";
import { type Sunsets, settleSunsets, sunsetColumns, sunsetKeysOf, sunsetState } from "../../sql/sunset.ts";
import type { Session } from "../session.ts";
import { insertDecisions } from "./insert-decisions.ts";

/**
 * Locks the rows, and makes those that are missing (`since` 0): the update changes nothing, and waits for whoever has the row.
 * Rows come in one order, so that two calls never wait for each other's.
 */
const lockedSql = `insert into engagement (environment_id, recipient, category, since, asked_by)
  select environment_id, recipient, category, 0, '' from json_to_recordset($1) as r (environment_id int, recipient text, category text)
  on conflict (environment_id, recipient, category) do update set since = engagement.since
  returning environment_id, recipient, category, ${sunsetColumns}`;

const writtenSql = `update engagement set since = r.since, asked_at = r.asked_at, asked_by = r.asked_by
  from json_to_recordset($1) as r (environment_id int, recipient text, category text, since bigint, asked_at bigint, asked_by text)
  where engagement.environment_id = r.environment_id and engagement.recipient = r.recipient and engagement.category = r.category`;

/** Locks the rows that messages ask about, until the transaction ends. */
export async function lockSunsets(sql: Session, messages: readonly NewMessage[]): Promise<void> {
  if (messages.some(({ sunset }) => sunset !== undefined)) await lockedRows(sql, messages);
}

function lockedRows(sql: Session, messages: readonly NewMessage[]) {
  const keys = sunsetKeysOf(messages).map(({ environmentId, ...key }) => ({ environment_id: environmentId, ...key }));
  return sql.all(lockedSql, JSON.stringify(keys));
}

/** Who sleeps: whoever asks about the same recipient and category waits for this transaction's end. Undefined where no message asks. */
export async function claimSunsets(sql: Session, messages: readonly NewMessage[]): Promise<Sunsets | undefined> {
  if (messages.every(({ sunset }) => sunset === undefined)) return undefined;
  const stored = (await lockedRows(sql, messages)).map((row) => ({
    environmentId: integer(row, "environment_id"),
    recipient: text(row, "recipient"),
    category: text(row, "category"),
    state: sunsetState(row),
  }));
  const sunsets = settleSunsets(messages, stored);
  await insertDecisions(sql, sunsets.decisions);
  return sunsets;
}

/** `dropped`: messages that are not written after all; a question among them was not asked. */
export async function writeSunsets(sql: Session, { rows }: Sunsets, dropped: ReadonlySet<string>): Promise<void> {
  const written = rows.flatMap(({ environmentId, recipient, category, state, asks }) => {
    if (asks !== undefined && dropped.has(asks)) return [];
    const { since, askedAt, askedBy } = state;
    return [{ environment_id: environmentId, recipient, category, since, asked_at: askedAt, asked_by: askedBy }];
  });
  if (written.length > 0) await sql.run(writtenSql, JSON.stringify(written));
}

/** Somebody opened, clicked or read a message of a category. */
export interface Engaged {
  environment_id: number;
  recipient: string;
  category: string;
  at: number;
}

/** Rows are locked in one order. Of a row that is not there no category asks. */
const engagedSql = `with locked as (
    select engagement.environment_id, engagement.recipient, engagement.category, r.at
    from json_to_recordset($1) as r (environment_id int, recipient text, category text, at bigint)
    join engagement on engagement.environment_id = r.environment_id and engagement.recipient = r.recipient
      and engagement.category = r.category
    order by 1, 2, 3 for update of engagement
  )
  update engagement set engaged_at = greatest(engagement.engaged_at, locked.at) from locked
  where engagement.environment_id = locked.environment_id and engagement.recipient = locked.recipient
    and engagement.category = locked.category`;

export async function writeEngaged(sql: Session, engaged: readonly Engaged[]): Promise<void> {
  if (engaged.length === 0) return;
  const latest = new Map<string, Engaged>();
  for (const one of engaged) {
    const name = JSON.stringify([one.environment_id, one.recipient, one.category]);
    if ((latest.get(name)?.at ?? 0) < one.at) latest.set(name, one);
  }
  await sql.run(engagedSql, JSON.stringify([...latest.values()]));
}
