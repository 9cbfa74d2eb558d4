/** Permits that were taken and not used. */
export interface Unused {
  count: number;
  /** Of the last of them, as `take` said. */
  lastAt: number;
}

/** What is asked of a rate. */
export interface Asked {
  /** Permits, at most. */
  count: number;
  /** Moments sooner than in so many milliseconds are of no use: what they are for is not ready then. */
  readyInMs: number;
  unused?: Unused;
}

/** Permits of a rate, as they were given: each is for one moment, and they are evenly apart. */
export interface Permits {
  /** All that were asked for, or fewer. */
  taken: number;
  /** When the first may be used, now or a little later, on this process's monotonic clock; each other `gapMs` after it. */
  at: number;
  gapMs: number;
  /** When they were given, on the same clock. */
  givenAt: number;
  /** The last one's moment on the clock of the limiter. */
  lastAt: number;
  /** Where fewer, in how many milliseconds to ask again. */
  retryAfterMs: number;
}

/** Rate limits of integrations. */
export interface Limiter {
  /**
   * Takes permits of `key`, whose moments come `perSecond` and never in a burst, however long the key was idle. `unused`
   * are given back first, where nobody has taken any after them.
   */
  take(key: string, perSecond: number, asked: Asked): Promise<Permits>;
}
