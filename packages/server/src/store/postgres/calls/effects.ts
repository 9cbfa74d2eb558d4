import type { RunTurn } from "../../../ports/store/orchestrate.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

const putSql = `insert into effect (environment_id, run_id, lane, holder, attempts, base_at, due_at, key)
  select r.environment_id, r.run_id, run.lane, 0, r.attempts, r.base_at, r.due_at, r.key
  from json_to_recordset($1) as r (environment_id int, run_id uuid, attempts int, base_at bigint, due_at bigint, key text)
  join run on run.environment_id = r.environment_id and run.id = r.run_id
  on conflict (environment_id, run_id) do update set holder = 0, attempts = excluded.attempts, base_at = excluded.base_at,
    due_at = excluded.due_at, key = excluded.key`;

/** Of runs that come to an effect, or try it again later. A run's own row stays the guard of all that moves it. */
export async function putEffects(sql: Session, turns: readonly RunTurn[]): Promise<void> {
  const rows = turns.flatMap(({ environmentId, runId, progress }) =>
    progress.kind === "effect"
      ? [
          {
            environment_id: environmentId,
            run_id: runId,
            attempts: progress.attempts,
            base_at: progress.baseAt,
            due_at: progress.dueAt,
            key: progress.key,
          },
        ]
      : [],
  );
  if (rows.length > 0) await sql.run(putSql, JSON.stringify(rows));
}

const deletedSql = `delete from effect using json_to_recordset($1) as r (environment_id int, run_id uuid)
  where effect.environment_id = r.environment_id and effect.run_id = r.run_id and ${few}`;

export async function deleteEffects(sql: Session, turns: readonly RunTurn[]): Promise<void> {
  if (turns.length === 0) return;
  await sql.run(
    deletedSql,
    JSON.stringify(turns.map(({ environmentId, runId }) => ({ environment_id: environmentId, run_id: runId }))),
  );
}
