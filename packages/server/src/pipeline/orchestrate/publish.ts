import type { Delivery } from "../../domain/delivery.ts";
import { type QueueItem, queueItem, type Topic } from "../../ports/queue.ts";
import type { EventTurn } from "../../ports/store/orchestrate.ts";
import type { OrchestrateDependencies } from "./ports.ts";

/** Hands committed messages to deliver: their content in memory, their ids by the queue. */
export function publishDeliveries(
  { queue, handOver }: Pick<OrchestrateDependencies, "queue" | "handOver">,
  deliveries: readonly Delivery[],
): void {
  if (deliveries.length === 0) return;
  const topics = new Map<Topic, QueueItem[]>();
  for (const delivery of deliveries) {
    handOver(delivery);
    const topic: Topic = `delivery.${delivery.origin.channel}.${delivery.origin.lane}`;
    const items = topics.get(topic);
    const item = queueItem(delivery.id, delivery.trace);
    if (items === undefined) topics.set(topic, [item]);
    else items.push(item);
  }
  for (const [topic, items] of topics) queue.publish(topic, items);
}

/** Hands on the runs of a turn that are due already: those that stand at a throttle behind what they sent. */
export function publishDueRuns(
  { queue }: Pick<OrchestrateDependencies, "queue">,
  { runs, lane, now }: Pick<EventTurn, "runs" | "lane" | "now">,
  trace: string | null,
): void {
  const due = runs.filter(({ effectKey, dueAt }) => effectKey === null && dueAt <= now);
  if (due.length > 0)
    queue.publish(
      `runs.${lane}`,
      due.map(({ id }) => queueItem(id, trace)),
    );
}
