import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { Outcome } from "../../packages/server/src/ports/provider.ts";
import { startMs } from "./base.ts";
import { vendors } from "./documents.ts";

/**
 * `refuses`: it takes nothing. `silent`: nothing arrives, and nothing is answered. `account`: nothing goes out through the account.
 * `busy`: it says when to come again.
 */
const kinds = ["refuses", "silent", "account", "busy"] as const;
type OutageKind = (typeof kinds)[number];

/** A stretch of time in which a vendor is away. */
export interface Outage {
  kind: OutageKind;
  from: number;
  to: number;
}

/** Share of vendors that are away once. */
const share = 0.25;

/** Drawn apart from all other chance, so that a world without an outage is the one that it was. */
export function outageOf(seed: number, vendor: string): Outage | undefined {
  const random = new SeededRandom(seed * 31 + Object.keys(vendors).indexOf(vendor) + 1);
  if (!random.chance(share)) return undefined;
  const from = startMs + random.int(35_000);
  return { kind: random.pick(kinds), from, to: from + 2000 + random.int(20_000) };
}

/** What it answers meanwhile; undefined where it answers nothing. */
export function answerOf({ kind, to }: Outage, now: number): Outcome | undefined {
  if (kind === "silent") return undefined;
  const refusal = { status: "rejected", kind: "transient" } as const;
  if (kind === "refuses") return { ...refusal, code: "503" };
  if (kind === "account") return { ...refusal, code: "401", scope: "integration" };
  return { ...refusal, code: "429", scope: "integration", retryAfterMs: Math.max(1, Math.min(3000, to - now)) };
}
