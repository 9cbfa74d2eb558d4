import { channels, lanes } from "@tidings/contract/words";
import type { Queue, Topic } from "../ports/queue.ts";
import { BrokeredQueue } from "../queue/broker/brokered-queue.ts";
import { EmbeddedQueue } from "../queue/embedded.ts";
import { findDue } from "../queue/find-due.ts";
import { WorkHints } from "../queue/work-hints.ts";
import type { HeldKind, HeldWay } from "./engine-parts.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The store's rows as a queue; where other processes take part, with hints to them, and perhaps a broker between. */
export function createQueue(parts: PipelineParts): Queue {
  const { config, store, clock, observer, broadcast, broker, openTopics } = parts;
  const { topicItemsMax: itemsMax, pollIntervalMs: pollMs, hintGapMs: everyMs } = config.queue;
  const rows = new EmbeddedQueue({
    clock,
    findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: parts.node }),
    openAmong: openTopics && ((topics) => openTopics.among(topics, clock.now())),
    itemsMax,
    pollMs,
    onFault: (topic: Topic, error: unknown) => observer.onFault(`queue ${topic}`, "", error),
  });
  if (broadcast === undefined) return rows;
  const hinted = new WorkHints({ queue: rows, broadcast, clock, everyMs });
  if (broker === undefined) return hinted;
  const giveUp = async (topic: Topic, ids: readonly string[]): Promise<void> => {
    try {
      await parts.published?.giveUp(topic, ids);
      broadcast.publish("work", topic);
    } catch (error) {
      // The sweep over published rows finds them.
      observer.onFault(`queue ${topic}`, "", error);
    }
  };
  return new BrokeredQueue({ broker, rows, hinted, giveUp, clock, itemsMax, pollMs });
}

/** What becomes of new work of that kind: this process takes it into its memory where it runs the role and has room. */
export function wayOf(
  { config, broker }: Pick<PipelineParts, "config" | "broker">,
  queue: Queue,
  kind: HeldKind,
): HeldWay {
  if (mayHold(config, queue, kind)) return "held";
  return broker?.isWell === true ? "published" : "free";
}

function mayHold(config: PipelineParts["config"], queue: Queue, kind: HeldKind): boolean {
  // Half of the room is for what comes meanwhile; above it, others may take new work.
  const hasRoom = (topic: Topic): boolean => queue.depth(topic) * 2 <= config.queue.topicItemsMax;
  const { roles } = config.process;
  if (kind !== "delivery") return roles.includes("orchestrate") && lanes.every((lane) => hasRoom(`${kind}.${lane}`));
  return (
    roles.includes("deliver") &&
    lanes.every((lane) => channels.every((channel) => hasRoom(`delivery.${channel}.${lane}`)))
  );
}
