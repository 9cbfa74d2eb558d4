import { type WorkerFacts, workerFactsSchema } from "@tidings/contract/workers";
import { noFacts, type Worker } from "../../ports/workers.ts";
import { integer, type SqlRow, text } from "../sql/columns.ts";
import { halfMovedSql } from "./move-state.ts";
import { databaseNow } from "./worker-self.ts";

/** Gives no row while a store is moved into the database. */
export const registeredSql = `insert into worker (node, roles, version, host, pid, place, started_at, heartbeat_at)
  select $1, $2, $3, $4, $5, $6::text, ${databaseNow}, ${databaseNow}
  where not exists (${halfMovedSql})
  on conflict (node) do update set heartbeat_at = excluded.heartbeat_at returning number, heartbeat_at`;

/** A row of table `worker`, read with `age_ms` beside it by the database's clock. */
export function workerOfRow(row: SqlRow, lateAfterMs: number): Worker {
  const heartbeatAgeMs = Math.max(0, integer(row, "age_ms"));
  return {
    node: text(row, "node"),
    roles: text(row, "roles").split(","),
    version: text(row, "version"),
    host: text(row, "host"),
    pid: integer(row, "pid"),
    startedAt: integer(row, "started_at"),
    heartbeatAt: integer(row, "heartbeat_at"),
    heartbeatAgeMs,
    state: heartbeatAgeMs > lateAfterMs ? "late" : "alive",
    facts: factsOf(text(row, "facts")),
  };
}

/** One of another version may tell of itself in another form. */
function factsOf(json: string): WorkerFacts {
  return workerFactsSchema.safeParse(JSON.parse(json)).data ?? noFacts;
}
