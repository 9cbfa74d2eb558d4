import { firstIdOf } from "../../lib/ids.ts";
import { text } from "../sql/columns.ts";
import { idempotencyBucketMs } from "../sql/idempotency.ts";
import type { Session } from "./session.ts";

/**
 * Autovacuum looks at a part after so many dead rows, whatever its size: by share alone, a part of 100 million rows would
 * be looked at after 20 million. What is settled leaves room in its page for one more version of the row.
 */
const storage = `fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000, autovacuum_vacuum_cost_delay = 1`;

export interface Part {
  name: string;
  from: number | undefined;
  to: number | undefined;
}

const partsSql = `select c.relname as name, coalesce(obj_description(c.oid, 'pg_class'), '') as range
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  where p.relname in ('event', 'run', 'message', 'attempt', 'decision', 'idempotency') and p.relnamespace = 'public'::regnamespace`;

/** Parts with their times, which their comments hold. */
export async function partsOf(sql: Session): Promise<Part[]> {
  return (await sql.all(partsSql)).map((row) => {
    const range = /^(\d+) (\d+)$/.exec(text(row, "range"));
    return {
      name: text(row, "name"),
      from: range === null ? undefined : Number(range[1]),
      to: range === null ? undefined : Number(range[2]),
    };
  });
}

const timed = ["event", "run", "message", "attempt", "decision"] as const;

/** Makes the parts of all tables for one range of time, but for those of `known`; gives the names of what was made. */
export async function makeParts(
  sql: Session,
  known: ReadonlySet<string>,
  from: number,
  widthMs: number,
): Promise<string[]> {
  const to = from + widthMs;
  const made: string[] = [];
  for (const table of timed)
    if (await create(sql, known, table, from, to, `'${firstIdOf(from)}'`, `'${firstIdOf(to)}'`))
      made.push(nameOf(table, from));
  if (await create(sql, known, "idempotency", from, to, bucket(from), bucket(to)))
    made.push(nameOf("idempotency", from));
  return made;
}

/** False where it is there, or rows of its time lie in the rest, where they stay. */
async function create(
  sql: Session,
  known: ReadonlySet<string>,
  table: string,
  from: number,
  to: number,
  low: string,
  high: string,
): Promise<boolean> {
  const name = nameOf(table, from);
  if (known.has(name)) return false;
  try {
    await sql.exec(`set lock_timeout = '2s'; create table ${name} partition of ${table}
      for values from (${low}) to (${high}) with (${storage}); comment on table ${name} is '${from} ${to}'; set lock_timeout = 0`);
    return true;
  } catch (error) {
    await sql.exec("set lock_timeout = 0");
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
    // 23514: the rest holds rows of this time; 42P07: another process was faster; 55P03: no lock, the next round has it;
    // 42P17: parts of another length, from before the setting was changed, cover some of it.
    if (code === "23514" || code === "42P07" || code === "55P03" || code === "42P17") return false;
    throw error;
  }
}

const openSqls = [
  "select 1 from event where id < $1 and due_at is not null limit 1",
  "select 1 from continuation where event_id < $1 limit 1",
  "select 1 from run where id < $1 and due_at is not null limit 1",
  "select 1 from run where event_id < $1 and due_at is not null limit 1",
  "select 1 from effect join run on run.environment_id = effect.environment_id and run.id = effect.run_id where run.event_id < $1 limit 1",
  "select 1 from effect where run_id < $1 limit 1",
  "select 1 from message where id < $1 and due_at is not null limit 1",
  "select 1 from message where event_id < $1 and due_at is not null limit 1",
];

/** Whether anything up to then is still to be done, or needs an event of then. */
export async function hasOpen(sql: Session, to: number): Promise<boolean> {
  for (const open of openSqls) if ((await sql.get(open, firstIdOf(to))) !== undefined) return true;
  return false;
}

const bucket = (timeMs: number): string => String(Math.ceil(timeMs / idempotencyBucketMs));

function nameOf(table: string, from: number): string {
  return `${table}_${new Date(from).toISOString().slice(0, 10).replaceAll("-", "")}`;
}
