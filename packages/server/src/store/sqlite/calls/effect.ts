import type { NewRun } from "../../../ports/store/orchestrate.ts";
import { laneCode } from "../../sql/codes.ts";
import { integer } from "../../sql/columns.ts";
import type { Database } from "../database.ts";

interface Effect {
  baseAt: number;
  dueAt: number;
  key: string;
  attempts: number;
}

/** What a run waits for in place of a time. Its row in `run` has no `due_at` meanwhile, and stays the guard of all that moves it. */
export function insertEffect(
  database: Database,
  { id, environmentId, lane }: Pick<NewRun, "id" | "environmentId" | "lane">,
  { key, baseAt, dueAt, attempts }: Effect,
): void {
  database.run(
    "insert into effect (run_id, environment_id, lane, key, base_at, due_at, attempts) values (?, ?, ?, ?, ?, ?, ?)",
    id,
    environmentId,
    laneCode[lane],
    key,
    baseAt,
    dueAt,
    attempts,
  );
}

/** The run comes to an effect, or tries it again later. */
export function putEffect(database: Database, runId: string, { key, baseAt, dueAt, attempts }: Effect): void {
  database.run(
    `insert or replace into effect (run_id, environment_id, lane, key, base_at, due_at, attempts)
     select id, environment_id, lane, ?, ?, ?, ? from run where id = ?`,
    key,
    baseAt,
    dueAt,
    attempts,
    runId,
  );
}

export function deleteEffect(database: Database, runId: string): void {
  database.run("delete from effect where run_id = ?", runId);
}

export function readEffect(
  database: Database,
  runId: string,
): { attempts: number; dueAt: number; baseAt: number } | undefined {
  const row = database.get("select attempts, due_at, base_at from effect where run_id = ?", runId);
  if (row === undefined) return undefined;
  return { attempts: integer(row, "attempts"), dueAt: integer(row, "due_at"), baseAt: integer(row, "base_at") };
}
