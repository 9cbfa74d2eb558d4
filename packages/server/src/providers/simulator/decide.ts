import type { FeedbackKind, Outcome } from "../../ports/provider.ts";
import type { Faults } from "./settings.ts";

/** What is drawn for a message; each has its own number, so that a new one changes none of the others. */
const purposes = {
  refuseTransient: 1,
  refusePermanent: 2,
  suppress: 3,
  timeoutAfterAccept: 4,
  latency: 5,
  bounced: 6,
  delivered: 7,
  opened: 8,
  complained: 9,
  feedbackDelay: 10,
  doubled: 11,
} as const;
type Purpose = keyof typeof purposes;

const accepted: Outcome = { status: "accepted" };
const refusals: readonly (readonly ["suppress" | "refusePermanent" | "refuseTransient", Outcome])[] = [
  ["suppress", { status: "rejected", kind: "permanent", code: "simulated_suppress", suppress: true }],
  ["refusePermanent", { status: "rejected", kind: "permanent", code: "simulated_permanent" }],
  ["refuseTransient", { status: "rejected", kind: "transient", code: "simulated_transient" }],
];

export interface PlannedFeedback {
  kind: FeedbackKind;
  delayMs: number;
  code?: string;
}

/** Final mixing step of MurmurHash3: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** FNV-1a over the id, mixed with seed and attempt. Not for secrets; about 60 ns. */
function fateOf(seed: number, id: string, attempt: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return mix(mix(hash ^ mix(seed)) + Math.imul(attempt, 0x9e3779b1));
}

/**
 * All that a simulated vendor does to one message, as a pure function of seed, message id and attempt: a run can be repeated.
 */
export class Fate {
  readonly #faults: Faults;
  readonly #base: number;

  constructor(faults: Faults, id: string, attempt: number) {
    this.#faults = faults;
    this.#base = fateOf(faults.seed, id, attempt);
  }

  outcome(): Outcome {
    for (const [purpose, outcome] of refusals) if (this.#hits(purpose, this.#faults[purpose])) return outcome;
    return accepted;
  }

  /** True where the whole call is taken and never answered. */
  neverAnswers(): boolean {
    return this.#hits("timeoutAfterAccept", this.#faults.timeoutAfterAccept);
  }

  latencyMs(): number {
    return this.#within("latency", this.#faults.latencyMs);
  }

  /** What is reported about a message that was taken; a doubled report is in the list twice. */
  feedback(): PlannedFeedback[] {
    const { feedback } = this.#faults;
    const delayMs = this.#within("feedbackDelay", feedback.delayMs);
    const planned: PlannedFeedback[] = [];
    if (this.#hits("bounced", feedback.bounced)) planned.push({ kind: "bounced", delayMs, code: "simulated_bounce" });
    else if (this.#hits("delivered", feedback.delivered)) {
      planned.push({ kind: "delivered", delayMs });
      if (this.#hits("opened", feedback.opened)) planned.push({ kind: "opened", delayMs: delayMs * 2 });
      if (this.#hits("complained", feedback.complained)) planned.push({ kind: "complained", delayMs: delayMs * 2 });
    }
    return this.#hits("doubled", feedback.doubled) ? [...planned, ...planned] : planned;
  }

  #draw(purpose: Purpose): number {
    return mix(this.#base + Math.imul(purposes[purpose], 0x9e3779b1)) / 2 ** 32;
  }

  #hits(purpose: Purpose, probability: number): boolean {
    return probability > 0 && this.#draw(purpose) < probability;
  }

  #within(purpose: Purpose, { min, max }: { min: number; max: number }): number {
    return max === 0 ? 0 : min + this.#draw(purpose) * (max - min);
  }
}
