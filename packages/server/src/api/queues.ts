import { limits } from "@tidings/contract/limits";
import type { QueueList, QueueView } from "@tidings/contract/queues";
import { heldBy, type WorkerStand } from "../domain/held.ts";
import { leftQueue } from "../domain/statistic.ts";
import type { QueueDepth, RecentSum } from "../ports/store/maintenance.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { isoOrNone } from "./views.ts";

const minuteMs = 60_000;
/** Full minutes that a rate is the mean of: the current one is not over yet. */
const rateMinutes = 5;

/** Of the whole installation: processes are shared by all environments, and so is what keeps them busy. */
export function queueHandlers({
  store,
  workers,
  clock,
}: Pick<ApiDependencies, "store" | "workers" | "clock">): Handlers {
  return {
    listQueues: async (): Promise<QueueList> => {
      const now = clock.now();
      const toMinute = Math.floor(now / minuteMs);
      const [depths, sums, living] = await Promise.all([
        store.queueDepths({ now, countMax: limits.countedPerQueue }),
        store.recentSums({ fromMinute: toMinute - rateMinutes, toMinute }),
        workers.list(),
      ]);
      return { items: depths.map((depth) => queueView(depth, sums, living, now)) };
    },
  };
}

function queueView(
  { queue, lane, channel, due, oldestDueAt }: QueueDepth,
  sums: readonly RecentSum[],
  workers: readonly WorkerStand[],
  now: number,
): QueueView {
  const ageMs = oldestDueAt === undefined ? undefined : Math.max(0, now - oldestDueAt);
  const own = sums.filter((sum) => sum.lane === lane && sum.channel === channel);
  const rate = (counts: (sum: RecentSum) => boolean): number =>
    own.filter(counts).reduce((total, { value }) => total + value, 0) / rateMinutes;
  return {
    queue,
    lane,
    channel,
    due,
    dueIsBound: due >= limits.countedPerQueue,
    oldestDueAt: isoOrNone(oldestDueAt),
    ageMs,
    ...(queue === "events" ? { inPerMinute: rate(({ metric }) => metric === "accepted") } : {}),
    ...(queue === "delivery"
      ? {
          inPerMinute: rate(({ metric }) => metric === "queued"),
          outPerMinute: rate(({ metric }) => leftQueue.has(metric)),
        }
      : {}),
    held: heldBy({ queue, lane, channel, due, ageMs: ageMs ?? 0 }, workers),
  };
}
