import { hash } from "node:crypto";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { TidingsError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdempotencyClaim } from "../../ports/store/ingest.ts";

/** Hashes of a key and its body: the store learns neither. */
export function claimOf(key: string, body: unknown, expiresAt: number): IdempotencyClaim {
  return { keyHash: hash("sha256", key, "hex"), bodyHash: hash("sha256", canonicalJson(body), "hex"), expiresAt };
}

export interface Accepted {
  id: string;
}

interface Open {
  bodyHash: string;
  settled: Promise<Accepted>;
}

/**
 * Keys of this process whose first request is under way. A duplicate that comes meanwhile awaits it:
 * - it was accepted: the same answer, or `idempotency_mismatch` for another body;
 * - it failed: errors are not kept, so the next one is the first;
 * - it is not settled in time: `idempotency_in_progress`.
 * Between processes, and after the commit, the store tells duplicates apart.
 */
export class OpenKeys {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #open = new Map<string, Open>();

  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock;
    this.#waitMs = waitMs;
  }

  async once(environmentId: number, claim: IdempotencyClaim, run: () => Promise<Accepted>): Promise<Accepted> {
    const key = `${environmentId}:${claim.keyHash}`;
    const deadline = this.#clock.monotonic() + this.#waitMs;
    // Between the last look and the set nothing is awaited, so there is one first at a time.
    for (let first = this.#open.get(key); first !== undefined; first = this.#open.get(key)) {
      const answer = await this.#outcome(first.settled, deadline);
      if (answer === undefined) continue;
      if (first.bodyHash !== claim.bodyHash) throw new TidingsError("idempotency_mismatch");
      return answer;
    }
    const settled = run();
    this.#open.set(key, { bodyHash: claim.bodyHash, settled });
    try {
      return await settled;
    } finally {
      this.#open.delete(key);
    }
  }

  /** Undefined where it failed. */
  async #outcome(settled: Promise<Accepted>, deadline: number): Promise<Accepted | undefined> {
    let giveUp = (): void => {};
    const late = new Promise<"late">((resolve) => {
      giveUp = () => resolve("late");
    });
    const timer = this.#clock.after(Math.max(0, deadline - this.#clock.monotonic()), giveUp);
    try {
      const outcome = await Promise.race([settled.catch(() => undefined), late]);
      if (outcome === "late") throw new TidingsError("idempotency_in_progress", { retryAfterSeconds: 1 });
      return outcome;
    } finally {
      timer.cancel();
    }
  }
}
