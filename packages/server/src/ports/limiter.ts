/** Permits that were taken and not used. */
export interface Unused {
  count: number;
  /** When they were taken, as `take` said. */
  at: number;
}

/** Permits of a rate, as they were given. */
export interface Permits {
  /** All that were asked for, or fewer. */
  taken: number;
  /** Where fewer, in how many milliseconds to ask again. */
  retryAfterMs: number;
  /** When they count as used, on a clock of the limiter. */
  at: number;
}

/** Rate limits of integrations. */
export interface Limiter {
  /**
   * Takes up to `count` permits of `key`, whose bucket fills with `perSecond` and holds one second's worth. `unused` are
   * given back first: so who could not use permits in time moves them to this moment.
   */
  take(key: string, perSecond: number, count: number, unused?: Unused): Promise<Permits>;
}
