/** What bounds a call, its parts, and what may be asked for. */
export const sdkLimits = {
  /** One attempt, from the request to the end of its answer. */
  timeoutMs: 30_000,
  /** A call with all its attempts and the waits between them. */
  callTimeoutMs: 120_000,
  /** The most that either may be set to: timers end at 2^31 - 1 ms. */
  timeoutMsMax: 86_400_000,
  /** Attempts after the first. */
  retries: 3,
  retriesMax: 20,
  /** Full jitter draws a wait from 0 to base × 2^n, at most the maximum. */
  retryBaseMs: 250,
  retryWaitMsMax: 8_000,
  /** An event with 1,000 messages takes about 1 MB. */
  answerBytesMax: 64 * 1024 * 1024,
} as const;
