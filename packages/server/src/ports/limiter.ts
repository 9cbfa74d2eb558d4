/** Rate limits of integrations. */
export interface Limiter {
  /**
   * Takes up to `count` permits of `key`, whose bucket fills with `perSecond` and holds one second's worth.
   * Gives how many were taken (all at once, or fewer) and, where fewer, in how many milliseconds to ask again.
   */
  take(key: string, perSecond: number, count: number): Promise<{ taken: number; retryAfterMs: number }>;
}
