import type { EventPart } from "../../../ports/store/event-part.ts";
import { type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { lineageOf } from "../../sql/rows/descent.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

const payloadSql = `select event.id, event.tenant, event.payload, event.trace, event.generation, event.root, event.depth
  from json_to_recordset($1) as r (environment_id int, id uuid)
  join event on event.environment_id = r.environment_id and event.id = r.id and ${few}`;

/** The events of rows with `environment_id` and `event_id`, each read once, however many rows of it there are. */
export async function eventParts(sql: Session, rows: readonly SqlRow[]): Promise<ReadonlyMap<string, EventPart>> {
  const wanted = new Map(
    rows.map((row) => [text(row, "event_id"), { environment_id: row["environment_id"], id: row["event_id"] }]),
  );
  if (wanted.size === 0) return new Map();
  const found = await sql.all(payloadSql, JSON.stringify([...wanted.values()]));
  return new Map(found.map((row) => [text(row, "id"), partOf(row)]));
}

function partOf(row: SqlRow): EventPart {
  return {
    id: text(row, "id"),
    tenant: text(row, "tenant"),
    payload: text(row, "payload"),
    trace: textOrNull(row, "trace"),
    ...lineageOf(row),
  };
}
