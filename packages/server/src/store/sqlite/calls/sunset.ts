import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { type Sunsets, settleSunsets, sunsetColumns, sunsetKeysOf, sunsetState } from "../../sql/sunset.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";

const readSql = `select ${sunsetColumns} from engagement where environment_id = ? and recipient = ? and category = ?`;
const writtenSql = `insert into engagement (environment_id, recipient, category, ${sunsetColumns}) values (?, ?, ?, ?, ?, ?, ?)
  on conflict do update set since = excluded.since, asked_at = excluded.asked_at, asked_by = excluded.asked_by`;

/** Who sleeps, in the turn's transaction, of which there is one at a time. Undefined where no message asks. */
export function claimSunsets(database: Database, messages: readonly NewMessage[]): Sunsets | undefined {
  if (messages.every(({ sunset }) => sunset === undefined)) return undefined;
  const stored = sunsetKeysOf(messages).map((key) => {
    const row = database.get(readSql, key.environmentId, key.recipient, key.category);
    return { ...key, state: row === undefined ? undefined : sunsetState(row) };
  });
  const sunsets = settleSunsets(messages, stored);
  for (const decision of sunsets.decisions) insertDecision(database, decision);
  return sunsets;
}

/** `dropped`: messages that are not written after all; a question among them was not asked. */
export function writeSunsets(database: Database, { rows }: Sunsets, dropped: ReadonlySet<string>): void {
  for (const { environmentId, recipient, category, state, asks } of rows) {
    if (asks !== undefined && dropped.has(asks)) continue;
    const { since, engagedAt, askedAt, askedBy } = state;
    database.run(writtenSql, environmentId, recipient, category, since, engagedAt, askedAt, askedBy);
  }
}

const engagedSql = `update engagement set engaged_at = max(coalesce(engaged_at, 0), ?)
  where environment_id = ? and recipient = ? and category = ?`;

export function writeEngaged(
  database: Database,
  {
    environmentId,
    recipient,
    category,
    at,
  }: { environmentId: number; recipient: string; category: string; at: number },
): void {
  database.run(engagedSql, at, environmentId, recipient, category);
}
