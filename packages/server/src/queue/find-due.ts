import { channelSchema, laneSchema } from "@tidings/contract/words";
import type { Topic } from "../ports/queue.ts";
import type { DeliverStore } from "../ports/store/deliver.ts";
import type { OrchestrateStore } from "../ports/store/orchestrate.ts";

/** The store's cursor that belongs to a topic. */
export function findDue(
  store: Pick<OrchestrateStore, "dueEvents" | "dueRuns"> & Pick<DeliverStore, "dueMessages">,
  topic: Topic,
  query: { now: number; limit: number; node: string },
): Promise<string[]> {
  const [stage, second, third] = topic.split(".");
  const { now, limit, node } = query;
  if (stage === "delivery")
    return store.dueMessages({ channel: channelSchema.parse(second), lane: laneSchema.parse(third), now, limit, node });
  const lane = laneSchema.parse(second);
  return stage === "runs" ? store.dueRuns({ lane, now, limit }) : store.dueEvents({ lane, now, limit });
}
