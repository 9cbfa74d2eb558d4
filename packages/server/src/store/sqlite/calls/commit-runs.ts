import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../../sql/codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { endWindow, isAsRead, joinDigest } from "./digest.ts";
import { deleteEffect, putEffect } from "./effect.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessages } from "./insert-message.ts";
import { insertRun } from "./insert-run.ts";
import { type Suspects, suspectsAmong } from "./suspects.ts";
import { claimThrottles } from "./throttle.ts";

export const commitRuns: Call<"commitRuns"> = (context, { turns }) => {
  const suspects = suspectsAmong(
    context.database,
    turns.flatMap((turn) => turn.messages),
  );
  return turns.map((turn) => commit(context, turn, suspects));
};

function commit(context: CallContext, turn: RunTurn, suspects: Suspects): TurnResult {
  const { database } = context;
  if (turn.window !== null && !isAsRead(database, turn.runId, turn.window)) return { status: "lost" };
  if (!advance(database, turn)) return { status: "lost" };
  if (turn.window !== null) endWindow(database, turn, turn.window);
  const lost = new Set<string>();
  claimThrottles(database, turn.throttles, lost);
  if (lost.size > 0) return stop(database, turn);
  for (const join of turn.joins) joinDigest(database, join, (run) => insertRun(database, run));
  if (turn.progress.kind === "effect") putEffect(database, turn.runId, turn.progress);
  else if (turn.ofEffect) deleteEffect(database, turn.runId);
  const held = insertMessages(context, turn.messages, suspects);
  for (const decision of turn.decisions) insertDecision(database, decision);
  if (turn.progress.kind === "dead") {
    const { reason, detail } = turn.progress;
    insertDeadLetter(database, {
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

/** A run that does not get past a throttle ends, and nothing of what it would have made is written. */
function stop(database: Database, { runId, ofEffect }: RunTurn): TurnResult {
  if (ofEffect) deleteEffect(database, runId);
  database.run(`update run set state = ${runStateCode.completed}, due_at = null where id = ?`, runId);
  return { status: "committed", dropped: [runId], held: [] };
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
