interface Timer {
  cancel(): void;
}

/** Runs again and again, each time so long after the last one has ended. */
export function repeat(
  clock: { after(delayMs: number, run: () => void): Timer },
  everyMs: number,
  run: () => Promise<void>,
): Timer {
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
