import { channels, lanes } from "@tidings/contract/words";
import type { Queue, Topic } from "../ports/queue.ts";
import { EmbeddedQueue } from "../queue/embedded.ts";
import { findDue } from "../queue/find-due.ts";
import { WorkHints } from "../queue/work-hints.ts";
import type { HeldKind } from "./engine-parts.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The store's rows as a queue; where other processes take part, with hints to them. */
export function createQueue(parts: PipelineParts): Queue {
  const { config, store, clock, observer } = parts;
  const rows = new EmbeddedQueue({
    clock,
    findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: parts.node }),
    itemsMax: config.queue.topicItemsMax,
    pollMs: config.queue.pollIntervalMs,
    onFault: (topic: Topic, error: unknown) => observer.onFault(`queue ${topic}`, "", error),
  });
  return parts.broadcast === undefined
    ? rows
    : new WorkHints({ queue: rows, broadcast: parts.broadcast, clock, everyMs: config.queue.hintGapMs });
}

/** Whether this process takes new work of that kind into its memory: it runs the role, and there is room. */
export function mayHold(config: PipelineParts["config"], queue: Queue, kind: HeldKind): boolean {
  // Half of the room is for what comes meanwhile; above it, others may take new work.
  const hasRoom = (topic: Topic): boolean => queue.depth(topic) * 2 <= config.queue.topicItemsMax;
  const { roles } = config.process;
  if (kind !== "delivery") return roles.includes("orchestrate") && lanes.every((lane) => hasRoom(`${kind}.${lane}`));
  return (
    roles.includes("deliver") &&
    lanes.every((lane) => channels.every((channel) => hasRoom(`delivery.${channel}.${lane}`)))
  );
}
