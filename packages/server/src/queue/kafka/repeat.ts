import type { Clock, Timer } from "../../ports/clock.ts";

/** Runs again and again, each time so long after the last one has ended. */
export function repeat(clock: Pick<Clock, "after">, everyMs: number, run: () => Promise<void>): Timer {
  let timer: Timer;
  let canceled = false;
  const arm = (): void => {
    if (!canceled) timer = clock.after(everyMs, () => void run().finally(arm));
  };
  arm();
  return {
    cancel: () => {
      canceled = true;
      timer.cancel();
    },
  };
}
