import type { Outcome } from "../../ports/provider.ts";
import { Fate, type PlannedFeedback } from "./decide.ts";
import type { Faults } from "./settings.ts";

/** Keys that an idempotent vendor remembers; the oldest goes first. */
const keysMax = 1_000_000;

export interface Offered {
  id: string;
  attempt: number;
}

export interface Verdict {
  outcomes: Outcome[];
  /** Indexes of the messages that go out now; a repeated one of an idempotent vendor is accepted without going out. */
  taken: number[];
  /** False where the caller shall never hear of it. */
  answers: boolean;
  latencyMs: number;
  /** Per report, which message of the call it is about. */
  feedback: (PlannedFeedback & { id: string })[];
}

/** A simulated vendor: the part that is the same inside the process and behind HTTP. Holds only its rate and its keys. */
export class Vendor {
  readonly #faults: Faults;
  readonly #keys = new Set<string>();
  #second = 0;
  #usedInSecond = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Judges one call. `nowMs` serves the rate limit alone. */
  judge(call: readonly Offered[], nowMs: number): Verdict {
    const first = call[0];
    const whole = new Fate(this.#faults, first?.id ?? "", first?.attempt ?? 0);
    const verdict: Verdict = {
      outcomes: [],
      taken: [],
      answers: !whole.neverAnswers(),
      latencyMs: whole.latencyMs(),
      feedback: [],
    };
    for (const [index, { id, attempt }] of call.entries()) {
      const fate = new Fate(this.#faults, id, attempt);
      const outcome = this.#rateLimited(nowMs) ?? fate.outcome();
      verdict.outcomes.push(outcome);
      if (outcome.status !== "accepted" || this.#isRepeated(id)) continue;
      verdict.taken.push(index);
      for (const planned of fate.feedback()) verdict.feedback.push({ ...planned, id });
    }
    return verdict;
  }

  #rateLimited(nowMs: number): Outcome | undefined {
    const limit = this.#faults.rateLimitPerSecond;
    if (limit === undefined) return undefined;
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#usedInSecond = 0;
    }
    this.#usedInSecond += 1;
    if (this.#usedInSecond <= limit) return undefined;
    return {
      status: "rejected",
      kind: "transient",
      code: "rate_limited",
      retryAfterMs: Math.ceil((second + 1) * 1000 - nowMs),
    };
  }

  #isRepeated(id: string): boolean {
    if (!this.#faults.idempotent) return false;
    if (this.#keys.has(id)) return true;
    this.#keys.add(id);
    if (this.#keys.size > keysMax) {
      const [oldest = ""] = this.#keys;
      this.#keys.delete(oldest);
    }
    return false;
  }
}
