import type { ThrottleClaim } from "../../../ports/store/orchestrate.ts";
import { text } from "../../sql/columns.ts";
import { foldClaim, passedOf } from "../../sql/throttle-fold.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";

/** Adds to `lost` the runs that do not get past, which is recorded. Those that are lost already claim nothing. */
export function claimThrottles(database: Database, claims: readonly ThrottleClaim[], lost: Set<string>): void {
  for (const claim of claims) {
    if (lost.has(claim.runId) || pass(database, claim)) continue;
    lost.add(claim.runId);
    insertDecision(database, claim.decision);
  }
}

function pass(database: Database, claim: ThrottleClaim): boolean {
  const { environmentId, hash, now, windowMs } = claim;
  const row = database.get("select passed from throttle where environment_id = ? and hash = ?", environmentId, hash);
  const passed = foldClaim(row === undefined ? [] : passedOf(text(row, "passed")), claim);
  if (passed === undefined) return false;
  database.run(
    "insert or replace into throttle (environment_id, hash, passed, expires_at) values (?, ?, ?, ?)",
    environmentId,
    hash,
    JSON.stringify(passed),
    now + windowMs,
  );
  return true;
}
