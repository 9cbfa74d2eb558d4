import type { Delivery } from "../domain/delivery.ts";
import { HandOver } from "../lib/hand-over.ts";
import type { Deliver } from "../pipeline/deliver/deliver.ts";
import type { Feedback } from "../pipeline/feedback/feedback.ts";
import type { Visits } from "../pipeline/feedback/visits.ts";
import type { Webhooks } from "../pipeline/feedback/webhooks/webhooks.ts";
import { Ingest } from "../pipeline/ingest/ingest.ts";
import type { EventWork } from "../pipeline/orchestrate/ports.ts";
import type { DryRuns } from "../ports/dry-run.ts";
import type { Histories } from "../ports/histories.ts";
import type { Queue } from "../ports/queue.ts";
import type { ReplayPreviews } from "../ports/replays.ts";
import type { UnderWay } from "../ports/workers.ts";
import { createDeliver } from "./deliver.ts";
import { createDryRuns } from "./dry-run.ts";
import type { HeldKind, HeldWay } from "./engine-parts.ts";
import { createFeedback } from "./feedback.ts";
import { createOrchestrate } from "./orchestrate.ts";
import type { PipelineParts } from "./pipeline-parts.ts";
import { createQueue, wayOf } from "./queue.ts";
import { createWebhooks } from "./webhooks.ts";

export interface Pipeline {
  ingest: Ingest;
  feedback: Feedback;
  visits: Visits;
  webhooks: Webhooks;
  deliver: Deliver;
  dryRun: DryRuns;
  replayPreviews: ReplayPreviews;
  histories: Histories;
  queue: Queue;
  /** What becomes of new work of this kind with its commit. */
  wayOf(kind: HeldKind): HeldWay;
  /** What is begun outside the store. */
  underWay(): UnderWay;
  start(): void;
  /** Takes no more, and resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, store, configuration, keyring, clock, ids, observer } = parts;
  const queue = createQueue(parts);
  const events = new HandOver<EventWork>(config.queue.topicItemsMax);
  const deliveries = new HandOver<Delivery>(config.queue.topicItemsMax * 2);
  const runs = (role: (typeof config.process.roles)[number]): boolean => config.process.roles.includes(role);
  const deliver = createDeliver(parts, queue, deliveries);
  const orchestrate = createOrchestrate(parts, queue, {
    takeEvent: (id) => events.take(id),
    handOver: (delivery) => {
      if (runs("deliver")) deliveries.put(delivery.id, delivery);
    },
    places: runs("deliver") ? deliver : undefined,
  });
  const ingest = new Ingest({
    store,
    queue,
    configuration,
    dataSchemas: parts.dataSchemas,
    keyring,
    clock,
    ids,
    limits: { ...config.api, ...config.orchestrate, ...config.queue },
    planAhead: (lane, batch) =>
      runs("orchestrate")
        ? orchestrate.firstTurns.plan(
            lane,
            batch.map(({ event, payload, inline }) => ({ record: event, payload, inline })),
          )
        : undefined,
    onAccepted: (event, payload, inline) => {
      if (runs("orchestrate")) events.put(event.id, { record: event, payload, inline });
    },
    onDurable: (lane, count, tookMs) => observer.onDurable(lane, count, tookMs),
    onStoreError: (error) => observer.onFault("accept", "", error),
  });
  const { feedback, visits } = createFeedback(parts);
  const webhooks = createWebhooks(parts);
  return {
    ingest,
    feedback,
    visits,
    webhooks,
    deliver,
    ...createDryRuns(parts),
    queue,
    wayOf: (kind) => wayOf(parts, queue, kind),
    underWay: () => ({ effects: orchestrate.fetching, webhooks: webhooks.underWay }),
    start() {
      if (runs("orchestrate")) orchestrate.start();
      if (runs("deliver")) deliver.start();
      if (runs("feedback")) webhooks.start();
    },
    async stop() {
      // The queue is first: what the stages let go of as they stop is not done.
      await Promise.all([queue.stop(), orchestrate.stop(), deliver.stop(), webhooks.stop(), visits.stop()]);
    },
  };
}
