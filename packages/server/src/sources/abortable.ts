import type { Clock } from "../ports/clock.ts";

/** Waits so long; rejects at once when it is aborted. */
export function abortable(clock: Pick<Clock, "after">, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = clock.after(delayMs, () => {
      signal.removeEventListener("abort", give);
      resolve();
    });
    const give = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    signal.addEventListener("abort", give, { once: true });
  });
}
