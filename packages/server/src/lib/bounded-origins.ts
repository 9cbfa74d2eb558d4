/** What is kept open to one origin, and how many requests are under way or waiting on it. */
export interface Origin {
  pending: number;
  /** Ends what is open; requests under way are finished first. */
  close(): Promise<void>;
}

/**
 * A bounded number of origins. The map's order is that of last use, so the first one without work is the one to give up;
 * where all have work, the newcomer is refused.
 */
export class BoundedOrigins<Kept extends Origin> {
  readonly #kept = new Map<string, Kept>();
  readonly #limits: { originsMax: number; pendingPerOriginMax: number };
  readonly #open: (origin: string) => Kept;
  /** The origin used last, which most calls in a row share: saves moving it to the end each time. */
  #last = "";

  constructor(limits: { originsMax: number; pendingPerOriginMax: number }, open: (origin: string) => Kept) {
    this.#limits = limits;
    this.#open = open;
  }

  has(origin: string): boolean {
    return this.#kept.has(origin);
  }

  /** What is kept of the origin, counted up by one; undefined where a limit is reached. */
  take(origin: string): Kept | undefined {
    const known = this.#kept.get(origin);
    if (known === undefined && this.#kept.size >= this.#limits.originsMax && !this.#evictIdle()) return undefined;
    const taken = known ?? this.#open(origin);
    if (taken.pending >= this.#limits.pendingPerOriginMax) return undefined;
    taken.pending += 1;
    if (this.#last !== origin) {
      this.#kept.delete(origin);
      this.#kept.set(origin, taken);
      this.#last = origin;
    }
    return taken;
  }

  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map((one) => one.close()));
  }

  #evictIdle(): boolean {
    for (const [origin, kept] of this.#kept) {
      if (kept.pending > 0) continue;
      this.#kept.delete(origin);
      if (this.#last === origin) this.#last = "";
      void kept.close();
      return true;
    }
    return false;
  }
}
