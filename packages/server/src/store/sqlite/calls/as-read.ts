import type { NewEvent } from "../../../ports/store/ingest.ts";
import type { FirstTurn, RecipientRead } from "../../../ports/store/orchestrate.ts";
import { textOrNull } from "../../sql/columns.ts";
import type { Database } from "../database.ts";

/** Recipients as they are: version and key, which is each recipient's own, in one text. */
export type AsRead = ReadonlySet<string>;

const textOf = ({ version, wrappedKey }: RecipientRead): string => `${version}:${wrappedKey}`;

/**
 * Looks at all recipients that the turns of a call have read: 2 µs each, 9 with a statement each, 4 with a row each. A
 * wrapped key is base64, so commas keep them apart.
 */
export function recipientsAsRead(database: Database, events: readonly NewEvent[]): AsRead {
  const ids = new Map<number, Set<string>>();
  for (const { environmentId, turn } of events) {
    if (turn === null) continue;
    let own = ids.get(environmentId);
    if (own === undefined) {
      own = new Set();
      ids.set(environmentId, own);
    }
    for (const { id } of turn.reads) own.add(id);
  }
  const found: string[] = [];
  for (const [environmentId, own] of ids) {
    const row = database.get(
      `select group_concat(version || ':' || wrapped_key) as found from recipient
       where environment_id = ? and id in (select value from json_each(?))`,
      environmentId,
      JSON.stringify([...own]),
    );
    if (row !== undefined) found.push(...(textOrNull(row, "found") ?? "").split(","));
  }
  return new Set(found);
}

/** The turn was planned from what its process had in memory: it holds if the recipients are as they were then. */
export function fits({ reads }: FirstTurn, now: AsRead): boolean {
  return reads.every((read) => now.has(textOf(read)));
}
