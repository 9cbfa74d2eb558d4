/** The machine's clock. Timers longer than Node can hold are re-armed. */
export class SystemClock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const longest = 2 ** 31 - 1;
    const due = performance.now() + delayMs;
    let timer = setTimeout(check, Math.min(Math.ceil(delayMs), longest));
    function check(): void {
      const left = due - performance.now();
      // Node counts from the start of its loop's turn, in whole milliseconds, and so is up to 1 ms early.
      if (left > 0) timer = setTimeout(check, Math.min(Math.ceil(left), longest));
      else run();
    }
    return { cancel: () => clearTimeout(timer) };
  }
}
