import type { Clock, Timer } from "../ports/clock.ts";
import type { MaintenanceStore } from "../ports/store/maintenance.ts";

interface Parts {
  store: Pick<MaintenanceStore, "purgeExpiredKeys">;
  clock: Clock;
  intervalMs: number;
  rowsMax: number;
  onFault: (error: unknown) => void;
}

/** Deletes keys that have run out, a bounded number per transaction, until none is left; then waits for the next time. */
export function startHousekeeping(parts: Parts): { stop(): void } {
  const { store, clock, intervalMs, rowsMax } = parts;
  let stopped = false;
  let timer: Timer;
  const arm = (): void => {
    if (!stopped) timer = clock.after(intervalMs, () => void purge());
  };
  const purge = async (): Promise<void> => {
    try {
      let purged = rowsMax;
      while (!stopped && purged >= rowsMax) purged = await store.purgeExpiredKeys({ now: clock.now(), limit: rowsMax });
    } catch (error) {
      parts.onFault(error);
    }
    arm();
  };
  arm();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
