import type { DedupeClaim, NewRun, TurnWrites, TurnWritten } from "../../../ports/store/orchestrate.ts";
import type { WaitsWritten } from "../../../ports/store/waits.ts";
import { integer } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import { waitsWritten } from "../../sql/waits.ts";
import type { CallContext } from "../context.ts";
import type { Session } from "../session.ts";
import { claimPlaces } from "./claim-places.ts";
import { writeDerived } from "./derived.ts";
import { insertDecisions } from "./insert-decisions.ts";
import { insertMessages } from "./insert-messages.ts";
import { insertRuns } from "./insert-runs.ts";
import { joinDigests } from "./join-digests.ts";
import { claimThrottles } from "./throttle.ts";
import { foundAmong, holdKeys } from "./wait-keys.ts";
import { wakeFor } from "./waits.ts";

/** What several turns make; the caller has seen to it that each is its event's next. Along the turns. */
export async function writeTurns(context: CallContext, turns: readonly TurnWrites[]): Promise<TurnWritten[]> {
  const waits = await writeWaits(context.sql, turns);
  const claims = turns.flatMap((turn) => turn.dedupe);
  const lostClaims = claims.length === 0 ? new Set<DedupeClaim>() : await claimDedupe(context.sql, claims);
  const lost = new Set([...lostClaims].map(({ runId }) => runId));
  const refused = await claimThrottles(
    context.sql,
    turns.flatMap(({ throttles }) => throttles),
    lost,
  );
  const kept = <Item extends { runId: string }>(items: readonly Item[]): readonly Item[] =>
    lost.size === 0 ? items : items.filter(({ runId }) => !lost.has(runId));
  const fits = await writeDerived(context, turns, lost);
  const messages = turns.flatMap((turn) => fits.get(turn)?.messages ?? kept(turn.messages));
  const places = await claimPlaces(context.sql, messages);
  await joinDigests(context, [...turns.flatMap(({ joins }) => kept(joins)), ...places.joins]);
  // Runs ahead of the messages that they watch, whatever becomes of those at once.
  const writing = [
    insertRuns(
      context,
      turns.flatMap((turn) => turn.runs.filter(({ id, watch }) => !lost.has(watch?.of ?? id))),
      waits.found,
    ),
    insertDecisions(context.sql, [
      ...[...lostClaims, ...refused].map(({ decision }) => decision),
      ...turns.flatMap((turn) => kept(turn.decisions)),
    ]),
  ];
  const [held] = await Promise.all([insertMessages(context, places), ...writing]);
  const heldById = new Map(held.map((one) => [one.id, one]));
  return turns.map((turn) => ({
    dropped: lost.size === 0 ? [] : droppedOf(turn, lost),
    held: [
      ...(heldById.size === 0 ? [] : turn.messages.flatMap(({ id }) => heldById.get(id) ?? [])),
      ...(fits.get(turn)?.held ?? []),
    ],
    ...fits.get(turn)?.written,
    ...waits.of(turn, lost),
  }));
}

interface Waits {
  /** What runs of the turns wait for and has arrived, by their ids. */
  found: ReadonlyMap<string, string>;
  of(turn: TurnWrites, lost: ReadonlySet<string>): WaitsWritten;
}

/** Before all else that the turns lock: keys, then runs that are woken. */
async function writeWaits(sql: Session, turns: readonly TurnWrites[]): Promise<Waits> {
  const waiting = turns.flatMap(({ runs }) => runs.flatMap((run) => waitingOf(run) ?? []));
  const arrivals = turns.flatMap((turn) => turn.arrivals ?? []);
  const held = await holdKeys(sql, arrivals, waiting);
  const woken = await wakeFor(sql, arrivals, turns[0]?.now ?? 0);
  const found = foundAmong(held, waiting);
  return {
    found,
    of: ({ arrivals: [first] = [], runs }, lost) =>
      waitsWritten({
        ...(first === undefined ? {} : woken.get(first.eventId)),
        found: runs.flatMap(({ id }) => (found.has(id) && !lost.has(id) ? id : [])),
      }),
  };
}

const waitingOf = ({ awaited, ...run }: NewRun) => (awaited === undefined ? undefined : { ...run, awaited });

function droppedOf({ dedupe, throttles }: TurnWrites, lost: ReadonlySet<string>): string[] {
  const claiming = new Set([...dedupe, ...throttles].map(({ runId }) => runId));
  return [...claiming].filter((id) => lost.has(id));
}

const claimedSql = `insert into dedupe (environment_id, hash, run_id, expires_at)
  select environment_id, hash, run_id, expires_at
  from json_to_recordset($1) as r (environment_id int, hash text, run_id text, expires_at bigint)
  on conflict (environment_id, hash) do update set run_id = excluded.run_id, expires_at = excluded.expires_at
  where dedupe.expires_at <= $2 or dedupe.run_id = excluded.run_id
  returning environment_id, hash, run_id`;

/**
 * The claim holds for its window; the same run may claim again, so that a turn that runs again finds it still its own.
 * Gives the claims that were lost. Sorted, so that two calls never wait for each other's keys.
 */
async function claimDedupe(sql: Session, claims: readonly DedupeClaim[]): Promise<Set<DedupeClaim>> {
  const lost = new Set<DedupeClaim>();
  const sorted = claims.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const round of inRounds(sorted, keyOf)) {
    const rows = round.map(({ environmentId, hash, runId, expiresAt }) => ({
      environment_id: environmentId,
      hash,
      run_id: runId,
      expires_at: expiresAt,
    }));
    const now = Math.max(...round.map((claim) => claim.now));
    const found = await sql.all(claimedSql, JSON.stringify(rows), now);
    const taken = new Set(found.map((row) => `${integer(row, "environment_id")}:${String(row["hash"])}`));
    for (const claim of round) if (!taken.has(keyOf(claim))) lost.add(claim);
  }
  return lost;
}

const keyOf = ({ environmentId, hash }: DedupeClaim): string => `${environmentId}:${hash}`;
