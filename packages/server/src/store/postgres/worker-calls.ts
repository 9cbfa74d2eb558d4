import { isGone } from "../../lib/place.ts";
import { integer } from "../sql/columns.ts";
import type { Session } from "./session.ts";
import { registeredSql } from "./worker-row.ts";
import { databaseNow, type Self } from "./worker-self.ts";

/** Gives the number under which a process is one of the workers from now on, and its first heartbeat. */
export async function registerWorker(sql: Session, self: Self): Promise<{ number: number; heartbeatAt: number }> {
  const { node, roles, version, host, pid, place } = self;
  const row = await sql.get(registeredSql, node, roles.join(","), version, host, pid, place);
  if (row === undefined) throw new Error("the database is being moved into: no process may work on it");
  return { number: integer(row, "number"), heartbeatAt: integer(row, "heartbeat_at") };
}

/** When that was by the database's clock; undefined where it is a worker no more. */
export async function beat(sql: Session, number: number, facts: string): Promise<number | undefined> {
  const beatSql = `update worker set heartbeat_at = ${databaseNow}, facts = $2 where number = $1
    returning heartbeat_at`;
  const row = await sql.get(beatSql, number, facts);
  return row === undefined ? undefined : integer(row, "heartbeat_at");
}

export async function takeOut(sql: Session, number: number): Promise<void> {
  await sql.run("delete from worker where number = $1", number);
}

/**
 * Takes out who was not heard of for a lease. This process's own heartbeat is asked for again: where the statement was held up, those
 * of others were too.
 */
export async function takeOutSilent(sql: Session, number: number, leaseMs: number): Promise<void> {
  await sql.run(
    `delete from worker where heartbeat_at < ${databaseNow} - $2::bigint
       and exists (select 1 from worker own where own.number = $1 and own.heartbeat_at > ${databaseNow} - $2::bigint / 2)`,
    number,
    leaseMs,
  );
}

/** A process that was killed on this machine need not be waited for: its number is nobody's. */
export async function takeOutNeighbours(sql: Session, place: string): Promise<void> {
  if (place === "") return;
  for (const row of await sql.all("select number, pid from worker where place = $1", place)) {
    if (isGone(integer(row, "pid"))) await takeOut(sql, integer(row, "number"));
  }
}
