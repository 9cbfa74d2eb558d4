import type { NewRun } from "../../../ports/store/orchestrate.ts";
import { laneCode, runStateCode } from "../../sql/codes.ts";
import type { Database } from "../database.ts";
import { insertEffect } from "./effect.ts";
import { findArrival } from "./waits.ts";

const runSql = `insert into run (id, environment_id, event_id, workflow, workflow_version, recipient, tenant, lane, state, step, due_at, expires_at,
  cancellation_hash, journal, created_at, gathers, order_key, order_place, wait_key, wait_since, arrived_event, watch_of, watch_from)
  values (?, ?, ?, ?, ?, ?, ?, ?, ${runStateCode.waiting}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

/** Gives whether the run found that what it waits for has arrived: it is due then. */
export function insertRun(database: Database, run: NewRun): boolean {
  const { awaited } = run;
  const arrived = awaited === undefined ? undefined : findArrival(database, run, awaited);
  const dueAt = arrived === undefined ? run.dueAt : run.createdAt;
  const inserted = database.run(
    runSql,
    run.id,
    run.environmentId,
    run.eventId,
    run.workflow,
    run.workflowVersion,
    run.recipient,
    run.tenant,
    laneCode[run.lane],
    run.step,
    run.effectKey === null ? dueAt : null,
    run.expiresAt,
    run.cancellationHash,
    run.journal,
    run.createdAt,
    run.gathers ? 1 : 0,
    run.order?.key ?? null,
    run.order?.place ?? null,
    awaited?.keyHash ?? null,
    awaited?.since ?? null,
    arrived ?? null,
    run.watch?.of ?? null,
    run.watch?.from ?? null,
  );
  if (inserted === 0) return false;
  if (run.effectKey === null) return arrived !== undefined;
  insertEffect(database, run, { baseAt: run.dueAt, dueAt: run.dueAt, key: run.effectKey, attempts: 0 });
  return false;
}
