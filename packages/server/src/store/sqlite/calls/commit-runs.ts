import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessage } from "./insert-message.ts";

export const commitRuns: Call<"commitRuns"> = (context, { turns }) => turns.map((turn) => commit(context, turn));

function commit(context: CallContext, turn: RunTurn): TurnResult {
  if (!advance(context.database, turn)) return { status: "lost" };
  for (const message of turn.messages) insertMessage(context, message);
  for (const decision of turn.decisions) insertDecision(context.database, decision);
  if (turn.progress.kind === "dead") {
    const { reason, detail } = turn.progress;
    insertDeadLetter(context.database, {
      environmentId: turn.environmentId,
      id: turn.runId,
      kind: "run",
      channel: null,
      reason,
      detail,
      at: turn.now,
    });
  }
  return { status: "committed", dropped: [] };
}

/** Compare-and-set on the run's step number. */
function advance(database: Database, turn: RunTurn): boolean {
  const { progress } = turn;
  const waiting = `where id = ? and step = ? and state = ${runStateCode.waiting}`;
  if (progress.kind === "wait") {
    return (
      database.run(
        `update run set step = ?, due_at = ?, journal = ? ${waiting}`,
        progress.step,
        progress.dueAt,
        progress.journal,
        turn.runId,
        turn.step,
      ) === 1
    );
  }
  const state = progress.kind === "dead" ? runStateCode.dead : runStateCode.completed;
  return database.run(`update run set state = ?, due_at = null ${waiting}`, state, turn.runId, turn.step) === 1;
}
