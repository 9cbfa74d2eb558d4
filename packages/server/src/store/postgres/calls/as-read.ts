import type { NewEvent } from "../../../ports/store/ingest.ts";
import type { RecipientRead } from "../../../ports/store/orchestrate.ts";
import { integer } from "../../sql/columns.ts";
import type { Session } from "../session.ts";

const changedSql = `select place from json_to_recordset($1) as r (place int, environment_id int, id text, version int, wrapped_key text)
  where not exists (
    select 1 from recipient where recipient.environment_id = r.environment_id and recipient.id = r.id
      and recipient.version = r.version and recipient.wrapped_key = r.wrapped_key
  )`;

const none: ReadonlySet<RecipientRead> = new Set();

/** Of what the turns of a call have read: recipients that are no longer as they were then, by version and key. */
export async function changedSince(sql: Session, events: readonly NewEvent[]): Promise<ReadonlySet<RecipientRead>> {
  const reads: RecipientRead[] = [];
  const rows: object[] = [];
  for (const { environmentId, turn } of events) {
    for (const read of turn?.reads ?? []) {
      rows.push({
        place: reads.length,
        environment_id: environmentId,
        id: read.id,
        version: read.version,
        wrapped_key: read.wrappedKey,
      });
      reads.push(read);
    }
  }
  if (reads.length === 0) return none;
  const found = await sql.all(changedSql, JSON.stringify(rows));
  return new Set(found.flatMap((row) => reads[integer(row, "place")] ?? []));
}
