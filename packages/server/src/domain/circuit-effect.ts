import type { Circuit } from "./circuit.ts";

/** What an outcome says of the account that it came through. */
export interface CircuitEvidence {
  status: "accepted" | "rejected" | "unknown";
  kind?: "transient" | "permanent";
  code?: string;
  scope?: "message" | "destination" | "integration";
  retryAfterMs?: number;
}

export interface CircuitEffect {
  at: "integration" | "destination";
  /** `succeed` and `fail` are counted; `trip` and `hold` are in force at once. */
  effect: "succeed" | "fail" | "trip" | "hold";
  holdMs: number;
  /** The other side said it. */
  answered: boolean;
}

/** What follows from an outcome for what comes after it. */
export function circuitEffect(outcome: CircuitEvidence): CircuitEffect {
  const at = "integration";
  const well: CircuitEffect = { at, effect: "succeed", holdMs: 0, answered: true };
  if (outcome.status === "accepted") return well;
  if (outcome.status === "unknown") return { at, effect: "fail", holdMs: 0, answered: false };
  const { kind, code, scope, retryAfterMs = 0 } = outcome;
  const where = scope === "destination" ? "destination" : at;
  if (scope === "message" || (kind === "permanent" && scope === undefined)) return well;
  const isLimit = retryAfterMs > 0 && (scope !== undefined || code === "429");
  if (isLimit) return { at: where, effect: "hold", holdMs: retryAfterMs, answered: true };
  // One message that a domain defers is no policy of it; a refusal for good in its name is.
  const isFailure = scope === undefined || (scope === "destination" && kind === "transient");
  return { at: where, effect: isFailure ? "fail" : "trip", holdMs: 0, answered: true };
}

/** Of a call with many messages the gravest outcome counts, but one that was accepted shows that the account works. */
const weight = { fail: 0, hold: 1, trip: 2, succeed: 3 } as const;

/**
 * What follows from a call: one effect on the integration, undefined where nothing does, and those on destinations by the index of
 * their message. `isMany`: the integration is many vendors in one, as webhooks to the recipients' own servers are; there only what is
 * said of the integration itself counts, as one server that fails says nothing of the others.
 */
export function effectsOfCall(
  outcomes: readonly CircuitEvidence[],
  isMany: boolean,
): { integration: CircuitEffect | undefined; destinations: { index: number; effect: CircuitEffect }[] } {
  let integration: CircuitEffect | undefined;
  const destinations: { index: number; effect: CircuitEffect }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (isMany && !(outcome.status === "rejected" && outcome.scope === "integration")) continue;
    const effect = circuitEffect(outcome);
    // What is accepted is good news of its destination too.
    if (effect.at === "destination" || effect.effect === "succeed") destinations.push({ index, effect });
    if (effect.at === "destination") continue;
    if (integration === undefined || weight[effect.effect] > weight[integration.effect]) integration = effect;
  }
  return { integration, destinations };
}

/** Tells a circuit what a call says of it. True where that opens or closes it. */
export function takeEffect(
  circuit: Circuit,
  { effect, holdMs, answered }: CircuitEffect,
  call: number,
  now: number,
): boolean {
  // Whatever else follows from it, the call has ended.
  const hasChanged = effect === "succeed" ? circuit.succeed(call, now) : circuit.fail(call, now, answered);
  if (effect === "trip") return circuit.trip(now) || hasChanged;
  if (effect === "hold") return circuit.hold(now, holdMs) || hasChanged;
  return hasChanged;
}
