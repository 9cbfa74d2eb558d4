import type { Topic } from "../ports/queue.ts";
import type { DeliverStore } from "../ports/store/deliver.ts";
import type { OrchestrateStore } from "../ports/store/orchestrate.ts";
import { placeOfTopic } from "../ports/topic.ts";

/** The store's cursor that belongs to a topic. */
export function findDue(
  store: Pick<OrchestrateStore, "dueEvents" | "dueRuns"> & Pick<DeliverStore, "dueMessages">,
  topic: Topic,
  query: { now: number; limit: number; node: string },
): Promise<string[]> {
  const { stage, channel, lane } = placeOfTopic(topic);
  const { now, limit, node } = query;
  if (stage === "delivery") return store.dueMessages({ channel, lane, now, limit, node });
  return stage === "runs" ? store.dueRuns({ lane, now, limit }) : store.dueEvents({ lane, now, limit });
}
