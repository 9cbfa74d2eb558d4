import { runStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { runMessageColumns, runRecord } from "../../sql/rows/run.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { readWindows } from "./digest-windows.ts";
import { eventParts } from "./event-parts.ts";
import { inOrderOf } from "./in-order-of.ts";
import { recipientKey } from "./load-deliveries.ts";
import { recipientName, recipientsOf } from "./load-recipients.ts";
import { ofAnyEnvironment } from "./of-any-environment.ts";
import { readWaits } from "./waits.ts";

/** Only a run without a time of its own can wait for an effect. */
const waitingSql = `select run.*, effect.attempts as effect_attempts, effect.due_at as effect_due_at, effect.base_at as effect_base_at
  from ${ofAnyEnvironment("run")} left join effect on effect.environment_id = run.environment_id and effect.run_id = run.id and run.due_at is null
  where run.state = ${runStateCode.waiting}`;

export const loadRuns: Call<"loadRuns"> = async ({ sql }, { ids }) => {
  const known = ids.filter(isId);
  if (known.length === 0) return [];
  const rows = inOrderOf(ids, await sql.all(waitingSql, known));
  const [events, recipients, messages, windows, waits] = await Promise.all([
    eventParts(sql, rows),
    recipientsOf(sql, rows.map(recipientKey)),
    messagesOf(sql, rows),
    readWindows(sql, rows),
    readWaits(sql, rows),
  ]);
  return rows.flatMap((row) => {
    const event = events.get(text(row, "event_id"));
    if (event === undefined) return [];
    return [
      runRecord(row, {
        effect: effectOf(row),
        event,
        wait: waits.get(text(row, "id")) ?? null,
        recipientRecord: recipients.get(recipientName(recipientKey(row))) ?? null,
        window: windows.get(text(row, "id")),
        messages: messages.get(runOfMessages(row)) ?? [],
      }),
    ];
  });
};

function effectOf(row: SqlRow) {
  if (row["effect_attempts"] === null) return undefined;
  return {
    attempts: integer(row, "effect_attempts"),
    dueAt: integer(row, "effect_due_at"),
    baseAt: integer(row, "effect_base_at"),
  };
}

/** Whose messages it goes by: its own, or those that it watches. */
const runOfMessages = (row: SqlRow): string => textOrNull(row, "watch_of") ?? text(row, "id");

const messagesSql = `select message.run_id, ${runMessageColumns}
  from json_to_recordset($1) as r (environment_id int, event_id uuid, run_id uuid)
  join message on message.event_id = r.event_id and message.run_id = r.run_id and ${few} order by message.id`;

async function messagesOf(sql: Session, rows: readonly SqlRow[]): Promise<ReadonlyMap<string, SqlRow[]>> {
  const found = new Map<string, SqlRow[]>();
  if (rows.length === 0) return found;
  const keys = rows.map((row) => ({
    environment_id: row["environment_id"],
    event_id: row["event_id"],
    run_id: runOfMessages(row),
  }));
  for (const row of await sql.all(messagesSql, JSON.stringify(keys))) {
    const id = text(row, "run_id");
    const own = found.get(id) ?? [];
    found.set(id, own);
    own.push(row);
  }
  return found;
}
