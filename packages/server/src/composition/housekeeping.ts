import { allowanceKinds, dayOf } from "../domain/allowance.ts";
import { historyDays } from "../domain/warm-up.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { AllowanceStore } from "../ports/store/allowances.ts";
import type { AttentionPlace, AttentionStore } from "../ports/store/attention.ts";
import type { CampaignStore } from "../ports/store/campaigns.ts";
import type { AddressPlace, FeedbackStore } from "../ports/store/feedback.ts";
import type { InboundMailStore } from "../ports/store/inbound-mail.ts";
import type { InboxBounds, InboxStore } from "../ports/store/inbox.ts";
import type { MaintenanceStore } from "../ports/store/maintenance.ts";
import type { PauseStore } from "../ports/store/pauses.ts";
import type { StatisticStore } from "../ports/store/statistics.ts";
import type { TopicStore } from "../ports/store/topics.ts";
import type { WebhookStore } from "../ports/store/webhooks.ts";
import type { Leases } from "../ports/workers.ts";
import { StatisticFolder, type StatisticRetention } from "./statistic-folder.ts";

interface Parts {
  store: Pick<MaintenanceStore, "purgeExpiredKeys"> &
    Pick<InboxStore, "sweepInboxes"> &
    Pick<WebhookStore, "purgeWebhookDeliveries"> &
    Pick<TopicStore, "sweepTopics"> &
    Pick<CampaignStore, "purgeCampaigns"> &
    Pick<PauseStore, "purgePauses"> &
    Pick<AllowanceStore, "purgeAllowances"> &
    Pick<AttentionStore, "sweepAttention"> &
    Pick<FeedbackStore, "sweepSoftBounces"> &
    Pick<InboundMailStore, "purgeDmarcReports"> &
    Pick<StatisticStore, "foldStatistics" | "purgeStatistics">;
  clock: Clock;
  /** One process does it for all. */
  leases: Leases;
  intervalMs: number;
  rowsMax: number;
  inbox: InboxBounds & { sweptMax: number };
  statistics: StatisticRetention;
  /** How long deliveries to endpoints are kept. */
  webhookRetentionMs: number;
  /** The same of campaigns, replays and pauses that are over. */
  campaignRetentionMs: number;
  /** Days that DMARC reports are kept. */
  dmarcDays: number;
  onFault: (error: unknown) => void;
}

/** Warm-ups are reckoned by the days of use behind them; of budgets there may be one for each tenant. */
const daysKeptOf = [
  ["integration", historyDays + 1],
  ["budget", 7],
] as const;

/**
 * Deletes keys that have run out, deliveries, campaigns, replays and pauses that are old, subscriptions of topics that are gone and what no cap and no report counts any more, folds old statistics, and takes expired items out of inboxes, a bounded number
 * per transaction, until none is left; then waits for the next time.
 */
export function startHousekeeping(parts: Parts): { stop(): void } {
  const { store, clock, leases, intervalMs, rowsMax } = parts;
  let stopped = false;
  let timer: Timer;
  let attentionPlace: AttentionPlace | undefined;
  let addressPlace: AddressPlace | undefined;
  const statistics = new StatisticFolder(store, parts.statistics, rowsMax);
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
      await untilNone(rowsMax, (limit) => store.purgePauses({ before: createdBefore, limit }));
      await untilNone(rowsMax, (limit) => store.sweepTopics({ limit }));
      const beforeDmarcDay = dayOf(clock.now()) - parts.dmarcDays;
      await untilNone(rowsMax, (limit) => store.purgeDmarcReports({ beforeDay: beforeDmarcDay, limit }));
      for (const [kind, daysKept] of daysKeptOf) {
        const beforeDay = dayOf(clock.now()) - daysKept;
        await untilNone(rowsMax, (limit) => store.purgeAllowances({ ...allowanceKinds[kind], beforeDay, limit }));
      }
      // One part of each of these tables each time: nobody waits for what is deleted.
      attentionPlace = await store.sweepAttention({ after: attentionPlace, now: clock.now(), limit: rowsMax });
      addressPlace = await store.sweepSoftBounces({ after: addressPlace, now: clock.now(), limit: rowsMax });
      const { sweptMax, itemsMax, changesMax } = parts.inbox;
      const bounds = { itemsMax, changesMax };
      await untilNone(
        sweptMax,
        async (limit) => (await store.sweepInboxes({ now: clock.now(), limit, bounds })).length,
      );
      await statistics.run(clock.now(), () => stopped);
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
