import type { Delivery } from "../../domain/delivery.ts";
import type { QueueItem, Topic } from "../../ports/queue.ts";
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
    if (items === undefined) topics.set(topic, [{ v: 1, id: delivery.id }]);
    else items.push({ v: 1, id: delivery.id });
  }
  for (const [topic, items] of topics) queue.publish(topic, items);
}
