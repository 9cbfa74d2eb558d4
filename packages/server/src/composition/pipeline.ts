import type { Delivery } from "../domain/delivery.ts";
import { HandOver } from "../lib/hand-over.ts";
import type { Deliver } from "../pipeline/deliver/deliver.ts";
import { Feedback } from "../pipeline/feedback/feedback.ts";
import { Ingest } from "../pipeline/ingest/ingest.ts";
import { Orchestrate } from "../pipeline/orchestrate/orchestrate.ts";
import type { EventWork } from "../pipeline/orchestrate/ports.ts";
import type { Topic } from "../ports/queue.ts";
import { EmbeddedQueue } from "../queue/embedded.ts";
import { findDue } from "../queue/find-due.ts";
import { createDeliver } from "./deliver.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

export interface Pipeline {
  ingest: Ingest;
  feedback: Feedback;
  deliver: Deliver;
  queue: EmbeddedQueue;
  start(): void;
  /** Takes no more, and resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, store, configuration, keyring, clock, ids, observer } = parts;
  const queue = new EmbeddedQueue({
    clock,
    findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: parts.node }),
    itemsMax: config.queue.topicItemsMax,
    pollMs: config.queue.pollIntervalMs,
    onFault: (topic: Topic, error: unknown) => observer.onFault(`queue ${topic}`, "", error),
  });
  const events = new HandOver<EventWork>(config.queue.topicItemsMax);
  const deliveries = new HandOver<Delivery>(config.queue.topicItemsMax * 2);
  const ingest = new Ingest({
    store,
    queue,
    configuration,
    keyring,
    clock,
    ids,
    limits: { ...config.api, pacedEvents: config.queue.pacedEvents, paceMaxMs: config.queue.paceMaxMs },
    onAccepted: (event, payload, inline) => events.put(event.id, { record: { ...event, cursor: 0 }, payload, inline }),
    onDurable: (lane, count, tookMs) => observer.onDurable(lane, count, tookMs),
    onStoreError: (error) => observer.onFault("accept", "", error),
  });
  const orchestrate = new Orchestrate({
    store,
    configuration,
    keyring,
    clock,
    ids,
    queue,
    steps: parts.steps,
    limits: {
      batchMax: config.orchestrate.batchMax,
      concurrency: config.orchestrate.concurrency,
      recipientsPerTurn: config.orchestrate.turnRecipientsMax,
      pacedMessages: config.queue.pacedMessages,
      paceMaxMs: config.queue.paceMaxMs,
      openedRecipientsMax: config.orchestrate.openedRecipientsMax,
      messagesPerCommit: config.orchestrate.commitMessagesMax,
    },
    takeEvent: (id) => events.take(id),
    handOver: (delivery) => deliveries.put(delivery.id, delivery),
    onFault: (where, id, error) => observer.onFault(where, id, error),
    onCommitted: (lane, _events, waitedMs) => observer.onOrchestrated(lane, waitedMs),
  });
  const deliver = createDeliver(parts, queue, deliveries);
  const feedback = new Feedback({
    store,
    clock,
    limits: {
      batchMax: config.feedback.batchMax,
      waitingMax: config.feedback.waitingMax,
      retryAfterSeconds: config.api.retryAfterSeconds,
    },
  });
  return {
    ingest,
    feedback,
    deliver,
    queue,
    start() {
      if (config.process.roles.includes("orchestrate")) orchestrate.start();
      if (config.process.roles.includes("deliver")) deliver.start();
    },
    async stop() {
      deliver.stop();
      await queue.stop();
    },
  };
}
