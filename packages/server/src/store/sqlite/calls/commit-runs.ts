import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../../sql/codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { deleteEffect, putEffect } from "./effect.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessages } from "./insert-message.ts";
import { type Suspects, suspectsAmong } from "./suspects.ts";

export const commitRuns: Call<"commitRuns"> = (context, { turns }) => {
  const suspects = suspectsAmong(
    context.database,
    turns.flatMap((turn) => turn.messages),
  );
  return turns.map((turn) => commit(context, turn, suspects));
};

function commit(context: CallContext, turn: RunTurn, suspects: Suspects): TurnResult {
  if (!advance(context.database, turn)) return { status: "lost" };
  if (turn.progress.kind === "effect") putEffect(context.database, turn.runId, turn.progress);
  else if (turn.ofEffect) deleteEffect(context.database, turn.runId);
  const held = insertMessages(context, turn.messages, suspects);
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
  return { status: "committed", dropped: [], held };
}

/** Compare-and-set on the run's step number. */
function advance(database: Database, turn: RunTurn): boolean {
  const { progress } = turn;
  const waiting = `where id = ? and step = ? and state = ${runStateCode.waiting}`;
  if (progress.kind === "wait" || progress.kind === "effect") {
    return (
      database.run(
        `update run set step = ?, due_at = ?, journal = ? ${waiting}`,
        progress.step,
        progress.kind === "wait" ? progress.dueAt : null,
        progress.journal,
        turn.runId,
        turn.step,
      ) === 1
    );
  }
  const state = progress.kind === "dead" ? runStateCode.dead : runStateCode.completed;
  return database.run(`update run set state = ?, due_at = null ${waiting}`, state, turn.runId, turn.step) === 1;
}
