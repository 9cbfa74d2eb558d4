/** How many usual times an answer may take before its silence means something. */
const usualTimes = 10;
/** Share of a new answer in what is usual. */
const smoothing = 0.1;

/** Calls that wait for their answer, and how long answers usually take. Monotonic ms. */
export class OpenCalls {
  readonly #limits: { silenceMs: number; silentCallsMin: number };
  /** When each began, in that order. */
  readonly #began = new Map<number, number>();
  #count = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #usualMs = 0;

  constructor(limits: { silenceMs: number; silentCallsMin: number }) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#began.size;
  }

  begin(now: number): number {
    this.#count += 1;
    this.#began.set(this.#count, now);
    return this.#count;
  }

  /** Gives when it began. `isAnswered`: the other side said something. */
  end(call: number, now: number, isAnswered: boolean): number | undefined {
    const began = this.#began.get(call);
    this.#began.delete(call);
    if (!isAnswered || began === undefined) return began;
    this.#answeredAt = now;
    this.#usualMs += (now - began - this.#usualMs) * smoothing;
    return began;
  }

  /** Calls wait, the oldest for longer than answers ever take, and none was answered meanwhile. */
  isSilent(now: number): boolean {
    const [oldest] = this.#began.values();
    if (oldest === undefined || this.#began.size < this.#limits.silentCallsMin) return false;
    const silenceMs = Math.max(this.#limits.silenceMs, this.#usualMs * usualTimes);
    return now - oldest >= silenceMs && now - this.#answeredAt >= silenceMs;
  }
}
