/** A timer that was set; cancelling it twice is safe. */
export interface Timer {
  cancel(): void;
}

/** Time, as every stage sees it. Real in production, driven by a seed in the simulation. */
export interface Clock {
  /** Milliseconds since 1970, UTC; what is stored and compared across restarts. */
  now(): number;
  /** Milliseconds of a clock that never goes back; for leases and latencies inside one process. */
  monotonic(): number;
  /** Calls `run` once, not before `delayMs` has passed. */
  after(delayMs: number, run: () => void): Timer;
}
