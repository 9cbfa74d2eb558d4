import type { DedupeClaim, TurnWrites, TurnWritten } from "../../../ports/store/orchestrate.ts";
import type { WaitsWritten } from "../../../ports/store/waits.ts";
import { waitsWritten } from "../../sql/waits.ts";
import type { CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { writeDerived } from "./derived.ts";
import { joinDigest } from "./digest.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessages } from "./insert-message.ts";
import { insertRun } from "./insert-run.ts";
import type { Suspects } from "./suspects.ts";
import { claimThrottles } from "./throttle.ts";
import { writeArrivals } from "./waits.ts";

/** Of nearly every turn: shared, so that it crosses threads once a call. */
const plain: TurnWritten = { dropped: [], held: [] };
const nothing: WaitsWritten = {};

/** What a turn makes; the caller has seen to it that the turn is its event's next. */
export function writeTurn(context: CallContext, turn: TurnWrites, suspects: Suspects): TurnWritten {
  const { database } = context;
  const { woken, isWakeLeft } =
    turn.arrivals === undefined ? nothing : writeArrivals(database, turn.arrivals, turn.now);
  const dropped = turn.dedupe.filter((claim) => !claimDedupe(database, claim));
  const lost = new Set(dropped.map((claim) => claim.runId));
  for (const claim of dropped) insertDecision(database, claim.decision);
  claimThrottles(database, turn.throttles, lost);
  const joins = turn.joins.filter(({ runId }) => !lost.has(runId));
  for (const join of joins) joinDigest(database, join, (run) => insertRun(database, run));
  const found = turn.runs
    .filter((run) => !lost.has(run.watch?.of ?? run.id) && insertRun(database, run))
    .map(({ id }) => id);
  const fit = writeDerived(database, turn, lost);
  const kept = lost.size === 0 ? turn.messages : turn.messages.filter(({ runId }) => !lost.has(runId));
  const inserted = insertMessages(context, fit?.messages ?? kept, suspects);
  const held = fit === undefined || fit.held.length === 0 ? inserted : [...inserted, ...fit.held];
  for (const decision of turn.decisions) if (!lost.has(decision.runId)) insertDecision(database, decision);
  const isPlain = lost.size + held.length === 0 && fit?.written.isLimited !== true;
  const written = isPlain ? plain : { dropped: [...lost], held, ...fit?.written };
  if (turn.arrivals === undefined && found.length === 0) return written;
  return { ...written, ...waitsWritten({ woken, isWakeLeft, found }) };
}

/** The claim holds for its window; the same run may claim again, so that a turn that runs again finds it still its own. */
function claimDedupe(database: Database, claim: DedupeClaim): boolean {
  return (
    database.run(
      `insert into dedupe (environment_id, hash, run_id, expires_at) values (?, ?, ?, ?)
       on conflict do update set run_id = excluded.run_id, expires_at = excluded.expires_at
       where expires_at <= ? or run_id = excluded.run_id`,
      claim.environmentId,
      claim.hash,
      claim.runId,
      claim.expiresAt,
      claim.now,
    ) === 1
  );
}
