import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../../sql/codes.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import { deleteEffects } from "./effects.ts";
import { insertDecisions } from "./insert-decisions.ts";
import { claimThrottles } from "./throttle.ts";

const stoppedSql = `update run set state = ${runStateCode.completed}, due_at = null, holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid) where run.environment_id = r.environment_id and run.id = r.id and ${few}`;

/** A run that does not get past a throttle ends, and nothing of what it would have made is written. Gives the others. */
export async function pastThrottles(
  { sql }: CallContext,
  turns: readonly RunTurn[],
  results: Map<RunTurn, TurnResult>,
): Promise<readonly RunTurn[]> {
  const lost = new Set<string>();
  const claims = turns.flatMap(({ throttles }) => throttles);
  const refused = await claimThrottles(sql, claims, lost);
  if (refused.length === 0) return turns;
  const stopped = turns.filter(({ runId }) => lost.has(runId));
  const rows = stopped.map(({ environmentId, runId }) => ({ environment_id: environmentId, id: runId }));
  await sql.run(stoppedSql, JSON.stringify(rows));
  await deleteEffects(
    sql,
    stopped.filter(({ ofEffect }) => ofEffect),
  );
  await insertDecisions(
    sql,
    refused.map(({ decision }) => decision),
  );
  for (const turn of stopped) results.set(turn, { status: "committed", dropped: [turn.runId], held: [] });
  return turns.filter(({ runId }) => !lost.has(runId));
}
