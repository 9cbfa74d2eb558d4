import type { NewRun } from "../../../ports/store/orchestrate.ts";
import { laneCode, runStateCode } from "../../sql/codes.ts";
import type { Database } from "../database.ts";
import { insertEffect } from "./effect.ts";

const runSql = `insert into run (id, environment_id, event_id, workflow, workflow_version, recipient, tenant, lane, state, step, due_at, expires_at,
  cancellation_hash, journal, created_at, gathers, order_key, order_place)
  values (?, ?, ?, ?, ?, ?, ?, ?, ${runStateCode.waiting}, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

export function insertRun(database: Database, run: NewRun): void {
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
    run.effectKey === null ? run.dueAt : null,
    run.expiresAt,
    run.cancellationHash,
    run.journal,
    run.createdAt,
    run.gathers ? 1 : 0,
    run.order?.key ?? null,
    run.order?.place ?? null,
  );
  if (run.effectKey === null || inserted === 0) return;
  insertEffect(database, run, { baseAt: run.dueAt, dueAt: run.dueAt, key: run.effectKey, attempts: 0 });
}
