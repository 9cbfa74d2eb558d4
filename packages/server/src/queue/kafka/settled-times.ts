/** Looks that are remembered; of more, every other one is forgotten. */
const looksMax = 64;

/** Offsets of a topic by partition. */
export type Offsets = ReadonlyMap<number, bigint>;

interface Look {
  at: number;
  ends: Offsets;
}

/**
 * Reckons up to which moment all that was published to a topic has been settled: an earlier look saw where the topic
 * ended, and what is committed has passed that by now. Ends that went back say that the topic was made anew.
 */
export class SettledTimes {
  #looks: Look[] = [];
  #settledBefore = 0;

  /** Gives the moment (ms since 1970); 0 where none is known yet. */
  look(at: number, ends: Offsets, committed: Offsets): number {
    const last = this.#looks.at(-1);
    const isNew = last !== undefined && [...last.ends].some(([partition, end]) => (ends.get(partition) ?? 0n) < end);
    // What it held is gone: all that was published before is settled, or lost with it.
    if (isNew) {
      this.#settledBefore = last?.at ?? 0;
      this.#looks = [];
    }
    this.#looks.push({ at, ends });
    // What lies behind the end was committed of the topic of before.
    const known = new Map([...committed].filter(([partition, offset]) => offset <= (ends.get(partition) ?? 0n)));
    const passed = this.#looks.findLastIndex((look) => hasPassed(known, look.ends));
    if (passed >= 0) {
      this.#settledBefore = this.#looks[passed]?.at ?? this.#settledBefore;
      this.#looks.splice(0, passed);
    }
    if (this.#looks.length > looksMax) this.#looks = this.#looks.filter((_, index) => index % 2 === 0);
    return this.#settledBefore;
  }
}

function hasPassed(committed: Offsets, ends: Offsets): boolean {
  return [...ends].every(([partition, end]) => end === 0n || (committed.get(partition) ?? -1n) >= end);
}
