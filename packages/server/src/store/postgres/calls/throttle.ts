import type { ThrottleClaim } from "../../../ports/store/orchestrate.ts";
import { integer, text } from "../../sql/columns.ts";
import { foldClaim, type Passed, passedOf } from "../../sql/throttle-fold.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** One that is not there yet is made and empty, as if it had expired; those that are there are locked. */
const lockedSql = `insert into throttle (environment_id, hash, expires_at, passed)
  select environment_id, hash, 0, '[]' from json_to_recordset($1) as r (environment_id int, hash text)
  on conflict (environment_id, hash) do update set passed = throttle.passed
  returning environment_id, hash, passed`;

const writtenSql = `update throttle set passed = r.passed, expires_at = r.expires_at
  from json_to_recordset($1) as r (environment_id int, hash text, expires_at bigint, passed text)
  where throttle.environment_id = r.environment_id and throttle.hash = r.hash and ${few}`;

/**
 * Gives the claims of runs that do not get past; their runs are added to `lost`, and those that are lost already claim
 * nothing. Locked in the order of their keys, so that two calls never wait for each other.
 */
export async function claimThrottles(
  sql: Session,
  claims: readonly ThrottleClaim[],
  lost: Set<string>,
): Promise<ThrottleClaim[]> {
  if (claims.length === 0) return [];
  const states = await lock(sql, claims);
  const refused: ThrottleClaim[] = [];
  const written = new Map<string, object>();
  for (const claim of claims) {
    if (lost.has(claim.runId)) continue;
    const key = keyOf(claim);
    const passed = foldClaim(states.get(key) ?? [], claim);
    if (passed === undefined) {
      refused.push(claim);
      lost.add(claim.runId);
      continue;
    }
    states.set(key, passed);
    const { environmentId, hash, now, windowMs } = claim;
    const expires_at = now + windowMs;
    written.set(key, { environment_id: environmentId, hash, expires_at, passed: JSON.stringify(passed) });
  }
  if (written.size > 0) await sql.run(writtenSql, JSON.stringify([...written.values()]));
  return refused;
}

async function lock(sql: Session, claims: readonly ThrottleClaim[]): Promise<Map<string, Passed>> {
  const byKey = new Map(claims.map((claim) => [keyOf(claim), claim]));
  const rows = [...byKey.keys()].sort().flatMap((key) => {
    const claim = byKey.get(key);
    return claim === undefined ? [] : [{ environment_id: claim.environmentId, hash: claim.hash }];
  });
  const found = await sql.all(lockedSql, JSON.stringify(rows));
  return new Map(
    found.map((row) => [`${integer(row, "environment_id")}:${text(row, "hash")}`, passedOf(text(row, "passed"))]),
  );
}

const keyOf = ({ environmentId, hash }: ThrottleClaim): string => `${environmentId}:${hash}`;
