import type { Clock, Timer } from "../ports/clock.ts";
import type { MaintenanceStore } from "../ports/store/maintenance.ts";
import type { WebhookStore } from "../ports/store/webhooks.ts";

interface Parts {
  store: Pick<MaintenanceStore, "purgeExpiredKeys"> & Pick<WebhookStore, "purgeWebhookDeliveries">;
  clock: Clock;
  intervalMs: number;
  rowsMax: number;
  /** How long deliveries to endpoints are kept. */
  webhookRetentionMs: number;
  onFault: (error: unknown) => void;
}

/** Deletes keys that have run out, and deliveries that are old, a bounded number per transaction, until none is left; then waits for the next time. */
export function startHousekeeping(parts: Parts): { stop(): void } {
  const { store, clock, intervalMs, rowsMax } = parts;
  let stopped = false;
  let timer: Timer;
  const arm = (): void => {
    if (!stopped) timer = clock.after(intervalMs, () => void purge());
  };
  const untilNone = async (purgeSome: (limit: number) => Promise<number>): Promise<void> => {
    let purged = rowsMax;
    while (!stopped && purged >= rowsMax) purged = await purgeSome(rowsMax);
  };
  const purge = async (): Promise<void> => {
    try {
      await untilNone((limit) => store.purgeExpiredKeys({ now: clock.now(), limit }));
      const before = clock.now() - parts.webhookRetentionMs;
      await untilNone((limit) => store.purgeWebhookDeliveries({ before, limit }));
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
