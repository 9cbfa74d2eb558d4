import type { NewRun } from "../../../ports/store/orchestrate.ts";
import { laneCode, runStateCode } from "../../sql/codes.ts";
import type { CallContext } from "../context.ts";

const insertedSql = `with inserted as (
    insert into run (environment_id, id, event_id, lane, state, step, holder, workflow_version, due_at, expires_at, created_at, workflow,
      recipient, tenant, cancellation_hash, journal, gathers, order_key, order_place, wait_key, wait_since, arrived_event, watch_of, watch_from)
    select environment_id, id, event_id, lane, ${runStateCode.waiting}, step, 0, workflow_version,
      case when effect_key is null then due_at end, expires_at, created_at, workflow, recipient, tenant, cancellation_hash, journal, gathers,
      order_key, order_place, wait_key, wait_since, arrived_event, watch_of, watch_from
    from json_to_recordset($1) as r (environment_id int, id uuid, event_id uuid, lane smallint, step int, workflow_version int,
      due_at bigint, expires_at bigint, created_at bigint, workflow text, recipient text, tenant text, cancellation_hash text,
      journal text, effect_key text, gathers smallint, order_key text, order_place text, wait_key text, wait_since bigint,
      arrived_event uuid, watch_of uuid, watch_from bigint)
    on conflict do nothing
    returning environment_id, id
  )
  insert into effect (environment_id, run_id, lane, holder, attempts, base_at, due_at, key)
  select environment_id, id, lane, 0, 0, due_at, due_at, effect_key
  from json_to_recordset($1) as r (environment_id int, id uuid, lane smallint, due_at bigint, effect_key text)
  where effect_key is not null and (environment_id, id) in (select environment_id, id from inserted)`;

const none: ReadonlyMap<string, string> = new Map();

/**
 * Nobody holds a run that waits: it is found when its time has come. One that waits for an effect has a row for that; one that
 * waits for an event which is among `found` is due.
 */
export async function insertRuns(
  { sql }: CallContext,
  runs: readonly NewRun[],
  found: ReadonlyMap<string, string> = none,
): Promise<void> {
  if (runs.length === 0) return;
  const rows = runs.map((run) => ({
    environment_id: run.environmentId,
    id: run.id,
    event_id: run.eventId,
    lane: laneCode[run.lane],
    step: run.step,
    workflow_version: run.workflowVersion,
    due_at: found.has(run.id) ? run.createdAt : run.dueAt,
    expires_at: run.expiresAt,
    created_at: run.createdAt,
    workflow: run.workflow,
    recipient: run.recipient,
    tenant: run.tenant,
    cancellation_hash: run.cancellationHash,
    journal: run.journal,
    effect_key: run.effectKey,
    gathers: run.gathers ? 1 : 0,
    order_key: run.order?.key,
    order_place: run.order?.place,
    wait_key: run.awaited?.keyHash,
    wait_since: run.awaited?.since,
    arrived_event: found.get(run.id),
    watch_of: run.watch?.of,
    watch_from: run.watch?.from,
  }));
  await sql.run(insertedSql, JSON.stringify(rows));
}
