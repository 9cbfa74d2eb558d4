/** What a message of a category with a sunset brings along, to be settled by the store where it is written. */
export interface SunsetClaim {
  afterMs: number;
  graceMs: number;
  /** When the recipient last agreed to the category; null where they never did. */
  consentAt: number | null;
  /** What asks in its place; null where there is nothing for its channel: then it goes out, as long as nobody was asked. */
  ask: { template: string; templateVersion: number } | null;
  /** In words, for the record. */
  detail: string;
}

/**
 * A recipient in a category:
 *
 *   engaged ── message ──▶ unanswered since ── afterMs, message ──▶ asked ── graceMs ──▶ silent
 *      ▲                                                                                   │
 *      └────────────────────── they open, click, read, or agree anew ──────────────────────┘
 */
export interface SunsetState {
  /** The first message since they were last engaged, ms. */
  since: number;
  /** Latest that they opened, clicked or read one; null where never. */
  engagedAt: number | null;
  askedAt: number | null;
  /** Name of what asked; its other addresses, and the same turn run again, ask too. */
  askedBy: string;
}

/** `send`: as it is. `ask`: the question in its place. `stop`: nothing. */
export type SunsetOutcome = "send" | "ask" | "stop";

/** What becomes of a message, and the state with it; the same state where nothing changes. Pure. */
export function settleSunset(
  state: SunsetState | undefined,
  claim: SunsetClaim,
  { at, by }: { at: number; by: string },
): { outcome: SunsetOutcome; state: SunsetState } {
  const engagedAt = state?.engagedAt ?? null;
  const lastAt = Math.max(engagedAt ?? Number.NEGATIVE_INFINITY, claim.consentAt ?? Number.NEGATIVE_INFINITY);
  if (state === undefined || lastAt >= state.since)
    return { outcome: "send", state: { since: Math.max(at, lastAt + 1), engagedAt, askedAt: null, askedBy: "" } };
  if (state.askedAt !== null) {
    if (state.askedBy === by) return { outcome: "ask", state };
    return { outcome: at - state.askedAt < claim.graceMs ? "send" : "stop", state };
  }
  if (at - state.since < claim.afterMs || claim.ask === null) return { outcome: "send", state };
  return { outcome: "ask", state: { ...state, askedAt: at, askedBy: by } };
}
