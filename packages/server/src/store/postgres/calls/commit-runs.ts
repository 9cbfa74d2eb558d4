import type { RunTurn, TurnResult } from "../../../ports/store/orchestrate.ts";
import { runStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { claimPlaces, lockPlaces } from "./claim-places.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { writeDerived } from "./derived.ts";
import { endWindows, withWindowsAsRead } from "./digest-windows.ts";
import { deleteEffects, putEffects } from "./effects.ts";
import { insertDecisions } from "./insert-decisions.ts";
import { insertMessages } from "./insert-messages.ts";
import { insertRuns } from "./insert-runs.ts";
import { joinDigests } from "./join-digests.ts";
import { pastThrottles } from "./past-throttles.ts";
import { foundAmong, holdKeys, type Waiting } from "./wait-keys.ts";

export const commitRuns: Call<"commitRuns"> = async (context, { turns }) => {
  const results = new Map<RunTurn, TurnResult>();
  for (const round of inRounds(turns, ({ runId }) => runId)) await commitRound(context, round, results);
  return turns.map((turn) => results.get(turn) ?? { status: "lost" });
};

async function commitRound(
  context: CallContext,
  turns: readonly RunTurn[],
  results: Map<RunTurn, TurnResult>,
): Promise<void> {
  const { sql } = context;
  const sorted = turns.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  const found = await findAwaited(sql, sorted);
  // What caps demote joins windows: places are locked before those that are closed here.
  await lockPlaces(
    sql,
    sorted.flatMap(({ window, messages }) => (window === null ? [] : messages)),
  );
  const advanced = await advance(context, await withWindowsAsRead(sql, sorted), found);
  await endWindows(sql, advanced);
  const moved = await pastThrottles(context, advanced, results);
  const fits = await writeDerived(context, moved, new Set());
  const messages = moved.flatMap((turn) => fits.get(turn)?.messages ?? turn.messages);
  const places = await claimPlaces(sql, messages);
  await joinDigests(context, [...moved.flatMap(({ joins }) => joins), ...places.joins]);
  // Ahead of what they watch, whatever becomes of that at once.
  const inserted = insertRuns(
    context,
    moved.flatMap(({ runs = [] }) => runs),
  );
  const [held] = await Promise.all([
    insertMessages(context, places),
    inserted,
    putEffects(sql, moved),
    deleteEffects(
      sql,
      moved.filter(({ progress, ofEffect }) => progress.kind !== "effect" && ofEffect),
    ),
    insertDecisions(
      sql,
      moved.flatMap(({ decisions }) => decisions),
    ),
  ]);
  const heldById = new Map(held.map((one) => [one.id, one]));
  for (const turn of moved) {
    results.set(turn, {
      status: "committed",
      dropped: [],
      held: [...turn.messages.flatMap(({ id }) => heldById.get(id) ?? []), ...(fits.get(turn)?.held ?? [])],
      ...fits.get(turn)?.written,
      ...(found.has(turn.runId) ? { found: [turn.runId] } : {}),
    });
    if (turn.progress.kind !== "dead") continue;
    const { environmentId, runId: id, now: at } = turn;
    const { reason, detail } = turn.progress;
    await insertDeadLetter(sql, { environmentId, id, kind: "run", channel: null, reason, detail, at });
  }
}

/** Holds the keys of what runs come to wait for; gives what has arrived of it, by their ids. */
async function findAwaited(sql: Session, turns: readonly RunTurn[]): Promise<ReadonlyMap<string, string>> {
  const waiting = turns.flatMap(({ environmentId, runId: id, eventId, progress }): Waiting[] => {
    if (progress.kind !== "wait" || progress.awaited === undefined) return [];
    return [{ environmentId, id, eventId, dueAt: progress.dueAt, awaited: progress.awaited }];
  });
  return foundAmong(await holdKeys(sql, [], waiting), waiting);
}

const advancedSql = `update run set step = coalesce(r.next, run.step), due_at = r.due_at, holder = 0, state = r.state,
    journal = case when r.next is null then run.journal else r.journal end,
    wait_key = case when r.next is null then run.wait_key else r.wait_key end,
    wait_since = case when r.next is null then run.wait_since else r.wait_since end,
    arrived_event = case when r.next is null then run.arrived_event else r.found end
  from json_to_recordset($1) as r (environment_id int, id uuid, step int, next int, due_at bigint, state smallint, journal text,
    wait_key text, wait_since bigint, arrived_event uuid, found uuid)
  where run.environment_id = r.environment_id and run.id = r.id and ${few} and run.step = r.step and run.state = ${runStateCode.waiting}
    and run.arrived_event is not distinct from r.arrived_event
  returning run.id`;

/** Compare-and-set on the run's step number, and on what has arrived for it. */
async function advance(
  { sql }: CallContext,
  turns: readonly RunTurn[],
  found: ReadonlyMap<string, string>,
): Promise<RunTurn[]> {
  if (turns.length === 0) return [];
  const rows = turns.map(({ environmentId, runId, step, progress, now, arrivedEventId }) => {
    const goesOn = progress.kind === "wait" || progress.kind === "effect";
    const awaited = progress.kind === "wait" ? progress.awaited : undefined;
    return {
      environment_id: environmentId,
      id: runId,
      step,
      next: goesOn ? progress.step : null,
      due_at: progress.kind === "wait" ? (found.has(runId) ? now : progress.dueAt) : null,
      state: runStateCode[goesOn ? "waiting" : progress.kind === "dead" ? "dead" : "completed"],
      journal: goesOn ? progress.journal : null,
      // Left out where there is none: most runs wait for time alone.
      wait_key: awaited?.keyHash,
      wait_since: awaited?.since,
      arrived_event: arrivedEventId ?? undefined,
      found: found.get(runId),
    };
  });
  const moved = new Set((await sql.all(advancedSql, JSON.stringify(rows))).map((row) => text(row, "id")));
  return turns.filter(({ runId }) => moved.has(runId));
}
