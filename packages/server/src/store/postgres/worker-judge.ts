/**
 * Whether this process may take others for gone. One whose own heartbeat did not come through for a while cannot tell
 * whether those of others could: it gives them a lease to be heard before it takes one out.
 */
export class WorkerJudge {
  readonly #leaseMs: number;
  /** When its last heartbeat was written, and from when on it may take others out, on the monotonic clock. */
  #beatenAt = 0;
  #judgesFrom = 0;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** The first heartbeat was written. */
  begin(now: number): void {
    this.#beatenAt = now;
  }

  /** A heartbeat was written: may it take others out with it? */
  mayJudge(now: number): boolean {
    if (now - this.#beatenAt > this.#leaseMs / 2) this.#judgesFrom = now + this.#leaseMs;
    this.#beatenAt = now;
    return now >= this.#judgesFrom;
  }
}
