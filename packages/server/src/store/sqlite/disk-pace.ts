/** Below this the store's thread waits for a sync, ms. To have it done beside costs changes of threads, which campaigns felt where both cores are busy. */
const quickMs = 2;
/** One that takes very long says no more than this, ms: a single one is not typical. */
const countedMsMax = 8;
/** Of a disk that is slow, every so many syncs are waited for, to see whether it has become quick. */
const measuredEvery = 20;
/** Weight of one sync in what is typical. */
const weight = 1 / 8;

/** Whether a disk is so quick that a sync of it is waited for, as it has shown lately. */
export class DiskPace {
  #typicalMs = 0;
  #unmeasured = 0;

  /** Asked before each sync. */
  isWaitedFor(): boolean {
    this.#unmeasured += 1;
    return this.#typicalMs < quickMs || this.#unmeasured >= measuredEvery;
  }

  /** A sync was waited for, and took so long. */
  took(ms: number): void {
    this.#typicalMs += (Math.min(countedMsMax, ms) - this.#typicalMs) * weight;
    this.#unmeasured = 0;
  }
}
