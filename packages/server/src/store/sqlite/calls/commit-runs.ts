import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../../sql/codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { writeDerived } from "./derived.ts";
import { endWindow, isAsRead, joinDigest } from "./digest.ts";
import { deleteEffect, putEffect } from "./effect.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessages } from "./insert-message.ts";
import { insertRun } from "./insert-run.ts";
import { type Suspects, suspectsAmong } from "./suspects.ts";
import { claimThrottles } from "./throttle.ts";
import { findArrival } from "./waits.ts";

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
  const arrived = arrivedFor(database, turn);
  if (!advance(database, turn, arrived)) return { status: "lost" };
  if (turn.window !== null) endWindow(database, turn, turn.window);
  const lost = new Set<string>();
  claimThrottles(database, turn.throttles, lost);
  if (lost.size > 0) return stop(database, turn);
  for (const join of turn.joins) joinDigest(database, join, (run) => insertRun(database, run));
  // Ahead of what they watch, whatever becomes of that at once.
  for (const run of turn.runs ?? []) insertRun(database, run);
  if (turn.progress.kind === "effect") putEffect(database, turn.runId, turn.progress);
  else if (turn.ofEffect) deleteEffect(database, turn.runId);
  const fit = writeDerived(database, turn, lost);
  const inserted = insertMessages(context, fit?.messages ?? turn.messages, suspects);
  const held = fit === undefined ? inserted : [...inserted, ...fit.held];
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
  return {
    status: "committed",
    dropped: [],
    held,
    ...fit?.written,
    ...(arrived === undefined ? {} : { found: [turn.runId] }),
  };
}

/** What a turn that comes to wait for an event finds to have arrived. */
function arrivedFor(database: Database, { environmentId, eventId, progress }: RunTurn): string | undefined {
  if (progress.kind !== "wait" || progress.awaited === undefined) return undefined;
  return findArrival(database, { environmentId, eventId, dueAt: progress.dueAt }, progress.awaited);
}

/** A run that does not get past a throttle ends, and nothing of what it would have made is written. */
function stop(database: Database, { runId, ofEffect }: RunTurn): TurnResult {
  if (ofEffect) deleteEffect(database, runId);
  database.run(`update run set state = ${runStateCode.completed}, due_at = null where id = ?`, runId);
  return { status: "committed", dropped: [runId], held: [] };
}

/** Compare-and-set on the run's step number, and on what has arrived for it. */
function advance(database: Database, turn: RunTurn, arrived: string | undefined): boolean {
  const { progress, runId, step } = turn;
  const waiting = `where id = ? and step = ? and arrived_event is ? and state = ${runStateCode.waiting}`;
  const found = turn.arrivedEventId ?? null;
  if (progress.kind === "wait" || progress.kind === "effect") {
    const dueAt = progress.kind === "effect" ? null : arrived === undefined ? progress.dueAt : turn.now;
    const awaited = progress.kind === "wait" ? progress.awaited : undefined;
    return (
      database.run(
        `update run set step = ?, due_at = ?, journal = ?, wait_key = ?, wait_since = ?, arrived_event = ? ${waiting}`,
        progress.step,
        dueAt,
        progress.journal,
        awaited?.keyHash ?? null,
        awaited?.since ?? null,
        arrived ?? null,
        runId,
        step,
        found,
      ) === 1
    );
  }
  const state = progress.kind === "dead" ? runStateCode.dead : runStateCode.completed;
  return database.run(`update run set state = ?, due_at = null ${waiting}`, state, runId, step, found) === 1;
}
