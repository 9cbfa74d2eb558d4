import type { AttentionState, ClaimsHeld, DryRunStore, WeighedTurn } from "../../ports/store/dry-run.ts";
import type { DedupeClaim, NewMessage } from "../../ports/store/orchestrate.ts";
import { admitMessages, claimedOf } from "./attention.ts";
import { foldClaim, type Passed } from "./throttle-fold.ts";

type Turn = Parameters<DryRunStore["weighTurn"]>[0];

/** What is there that decides about claims. */
export interface ClaimsFound {
  /** By hash. */
  dedupe: ReadonlyMap<string, { runId: string; expiresAt: number }>;
  throttles: ReadonlyMap<string, Passed>;
  attention: readonly AttentionState[];
  /** Ids of messages whose address is suppressed. */
  suppressed: readonly string[];
}

/** What writing the turn would come to, in the order in which it is written. */
export function weighedTurn(turn: Turn, held: ClaimsFound): WeighedTurn {
  const dedupe = new Map(held.dedupe);
  const lostKeys = lostDedupe(turn.dedupe, dedupe);
  const lost = new Set(lostKeys.map(({ runId }) => runId));
  const decisions = lostKeys.map(({ decision }) => decision);
  const passed = new Map(held.throttles);
  for (const claim of turn.throttles) {
    if (lost.has(claim.runId)) continue;
    const past = foldClaim(passed.get(claim.hash) ?? [], claim);
    if (past !== undefined) passed.set(claim.hash, past);
    else {
      lost.add(claim.runId);
      decisions.push(claim.decision);
    }
  }
  const kept = turn.messages.filter(({ runId }) => !lost.has(runId));
  const admitted = admitMessages(kept, held.attention);
  return {
    dropped: [...lost],
    decisions: [...decisions, ...admitted.decisions, ...admitted.joins.map(({ decision }) => decision)],
    joins: admitted.joins,
    messages: admitted.messages,
    suppressed: held.suppressed,
    attention: admitted.rows,
    claims: {
      dedupe: [...dedupe].map(([hash, claim]) => ({ hash, ...claim })),
      throttles: [...passed].map(([hash, by]) => ({ hash, passed: by })),
    },
  };
}

/** As the insert has it: a claim holds for its window, and its own run may claim again. */
function lostDedupe(
  claims: readonly DedupeClaim[],
  now: Map<string, { runId: string; expiresAt: number }>,
): DedupeClaim[] {
  return claims.filter((claim) => {
    const known = now.get(claim.hash);
    const isFree = known === undefined || known.expiresAt <= claim.now || known.runId === claim.runId;
    if (isFree) now.set(claim.hash, { runId: claim.runId, expiresAt: claim.expiresAt });
    return !isFree;
  });
}

/** What a dry run holds itself, as if the store had it: of those whom it knows nothing of, nothing has been sent. */
export function claimsApart(
  { messages, attention }: Turn,
  { dedupe, throttles }: ClaimsHeld,
): Omit<ClaimsFound, "suppressed"> {
  const known = new Map(attention.map((state) => [state.recipient, state]));
  return {
    dedupe: new Map(dedupe.map(({ hash, runId, expiresAt }) => [hash, { runId, expiresAt }])),
    throttles: new Map(throttles.map(({ hash, passed }) => [hash, passed])),
    attention: claimedOf(messages).map((key) => known.get(key.recipient) ?? { ...key, entries: "" }),
  };
}

/** Messages of whose recipients the store is to be asked: of the others the dry run knows already. */
export function attentionWanted(messages: readonly NewMessage[], known: readonly AttentionState[]): NewMessage[] {
  const names = new Set(known.map(({ recipient }) => recipient));
  return messages.filter(({ claim, recipient }) => claim !== null && !names.has(recipient));
}
