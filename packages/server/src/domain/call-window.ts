interface Bucket {
  from: number;
  calls: number;
  failed: number;
}

const empty = (from: number): Bucket => ({ from, calls: 0, failed: 0 });

/** Calls and failures of a stretch of time that moves on in two halves: so it holds between half of it and all. Monotonic ms. */
export class CallWindow {
  readonly #halfMs: number;
  #current = empty(0);
  #before = empty(0);
  #streak = 0;

  constructor(windowMs: number) {
    this.#halfMs = windowMs / 2;
  }

  get calls(): number {
    return this.#current.calls + this.#before.calls;
  }

  get failed(): number {
    return this.#current.failed + this.#before.failed;
  }

  /** Failures since the last call that went well. */
  get streak(): number {
    return this.#streak;
  }

  count(now: number, isFailed: boolean): void {
    const since = now - this.#current.from;
    if (since >= this.#halfMs) {
      this.#before = since < this.#halfMs * 2 ? this.#current : empty(now);
      this.#current = empty(now);
    }
    this.#current.calls += 1;
    if (isFailed) this.#current.failed += 1;
    this.#streak = isFailed ? this.#streak + 1 : 0;
  }

  clear(now: number): void {
    this.#current = empty(now);
    this.#before = empty(now);
    this.#streak = 0;
  }
}
