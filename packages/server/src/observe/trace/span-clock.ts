/** How far the two clocks may drift apart before times are told by the wall's again: a laptop slept, or NTP stepped. */
const driftMaxMs = 20;
const checkEveryMs = 1000;

/** The wall's time as finely as the monotonic clock tells it: what takes less than a millisecond has a length too. */
export class SpanClock {
  #offset = Date.now() - performance.now();
  #checkedAt = performance.now();

  /** ms since 1970, with fractions. */
  now(): number {
    const at = performance.now();
    if (at - this.#checkedAt > checkEveryMs) {
      const offset = Date.now() - at;
      if (Math.abs(offset - this.#offset) > driftMaxMs) this.#offset = offset;
      this.#checkedAt = at;
    }
    return this.#offset + at;
  }
}
