import type { Clock, Timer } from "../ports/clock.ts";
import type { AttentionPlace, AttentionStore } from "../ports/store/attention.ts";
import type { CampaignStore } from "../ports/store/campaigns.ts";
import type { InboxBounds, InboxStore } from "../ports/store/inbox.ts";
import type { MaintenanceStore } from "../ports/store/maintenance.ts";
import type { TopicStore } from "../ports/store/topics.ts";
import type { WebhookStore } from "../ports/store/webhooks.ts";
import type { Leases } from "../ports/workers.ts";

interface Parts {
  store: Pick<MaintenanceStore, "purgeExpiredKeys"> &
    Pick<InboxStore, "sweepInboxes"> &
    Pick<WebhookStore, "purgeWebhookDeliveries"> &
    Pick<TopicStore, "sweepTopics"> &
    Pick<CampaignStore, "purgeCampaigns"> &
    Pick<AttentionStore, "sweepAttention">;
  clock: Clock;
  /** One process does it for all. */
  leases: Leases;
  intervalMs: number;
  rowsMax: number;
  inbox: InboxBounds & { sweptMax: number };
  /** How long deliveries to endpoints are kept. */
  webhookRetentionMs: number;
  /** The same of campaigns and replays that are over. */
  campaignRetentionMs: number;
  onFault: (error: unknown) => void;
}

/**
 * Deletes keys that have run out, deliveries, campaigns and replays that are old, subscriptions of topics that are gone and what no cap counts any more, and takes expired items out of inboxes, a bounded number
 * per transaction, until none is left; then waits for the next time.
 */
export function startHousekeeping(parts: Parts): { stop(): void } {
  const { store, clock, leases, intervalMs, rowsMax } = parts;
  let stopped = false;
  let timer: Timer;
  let attentionPlace: AttentionPlace | undefined;
  const arm = (): void => {
    if (!stopped) timer = clock.after(intervalMs, () => void purge());
  };
  const untilNone = async (limit: number, takeSome: (limit: number) => Promise<number>): Promise<void> => {
    let taken = limit;
    while (!stopped && taken >= limit) taken = await takeSome(limit);
  };
  const purge = async (): Promise<void> => {
    try {
      if (!(await leases.hold("housekeeping", intervalMs))) return arm();
      await untilNone(rowsMax, (limit) => store.purgeExpiredKeys({ now: clock.now(), limit }));
      const before = clock.now() - parts.webhookRetentionMs;
      await untilNone(rowsMax, (limit) => store.purgeWebhookDeliveries({ before, limit }));
      const createdBefore = clock.now() - parts.campaignRetentionMs;
      await untilNone(rowsMax, (limit) => store.purgeCampaigns({ before: createdBefore, limit }));
      await untilNone(rowsMax, (limit) => store.sweepTopics({ limit }));
      // One part of the table each time: nobody waits for what is deleted.
      attentionPlace = await store.sweepAttention({ after: attentionPlace, now: clock.now(), limit: rowsMax });
      const { sweptMax, itemsMax, changesMax } = parts.inbox;
      const bounds = { itemsMax, changesMax };
      await untilNone(
        sweptMax,
        async (limit) => (await store.sweepInboxes({ now: clock.now(), limit, bounds })).length,
      );
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
