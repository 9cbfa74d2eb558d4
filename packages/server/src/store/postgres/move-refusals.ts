import { integer, text } from "../sql/columns.ts";
import { MoveRefused } from "../sql/move-refused.ts";
import type { MovedTable } from "../sql/moved-table.ts";
import type { Session } from "./session.ts";
import { databaseNow } from "./worker-self.ts";

/* What a store is not moved into. Before the schema is there nothing is in the way. */

const hasTableSql = "select to_regclass($1) is not null as there";

export async function hasTable(sql: Session, name: string): Promise<boolean> {
  return (await sql.get(hasTableSql, `public.${name}`))?.there === true;
}

/** Refuses rows in these tables: of somebody else, where the move has not begun with them. */
export async function refuseOthers(sql: Session, tables: readonly MovedTable[]): Promise<void> {
  for (const { name } of tables) {
    if ((await hasTable(sql, name)) && (await sql.get(`select 1 from ${name} limit 1`)) !== undefined)
      throw new MoveRefused(`the destination is not empty: table ${name} has rows`, {
        hint: "Move into a database of its own: createdb tidings",
      });
  }
}

const aliveSql = `select host, pid from worker where heartbeat_at > ${databaseNow} - $1::bigint limit 1`;

export async function refuseWorkers(sql: Session, leaseMs: number): Promise<void> {
  if (!(await hasTable(sql, "worker"))) return;
  const row = await sql.get(aliveSql, leaseMs);
  if (row === undefined) return;
  const process = `${integer(row, "pid")} on ${text(row, "host")}`;
  throw new MoveRefused(`a Tidings process is at work on the destination: ${process}`, {
    hint: "Stop all servers of that database",
  });
}
