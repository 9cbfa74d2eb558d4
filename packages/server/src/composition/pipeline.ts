import type { Lane } from "@tidings/contract/words";
import type { Config } from "../config.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { StepKind } from "../domain/steps/step-kind.ts";
import { HandOver } from "../lib/hand-over.ts";
import type { Keyring } from "../lib/keyring.ts";
import { Deliver } from "../pipeline/deliver/deliver.ts";
import type { DeliverObserver } from "../pipeline/deliver/ports.ts";
import { Feedback } from "../pipeline/feedback/feedback.ts";
import { Ingest } from "../pipeline/ingest/ingest.ts";
import { Orchestrate } from "../pipeline/orchestrate/orchestrate.ts";
import type { EventWork } from "../pipeline/orchestrate/ports.ts";
import type { Clock } from "../ports/clock.ts";
import type { Configuration, IntegrationConfiguration } from "../ports/configuration.ts";
import type { Ids } from "../ports/ids.ts";
import type { Limiter } from "../ports/limiter.ts";
import type { Provider } from "../ports/provider.ts";
import type { Topic } from "../ports/queue.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store/store.ts";
import type { TemplateEngine } from "../ports/template-engine.ts";
import { EmbeddedQueue } from "../queue/embedded.ts";
import { findDue } from "../queue/find-due.ts";

/** What the stages are made from; the simulation gives its own clock, randomness and providers, and nothing else differs. */
export interface PipelineParts {
  config: Config;
  store: Store;
  configuration: Configuration;
  keyring: Keyring;
  clock: Clock;
  random: Random;
  ids: Ids;
  limiter: Limiter;
  templates: TemplateEngine;
  steps: ReadonlyMap<string, StepKind>;
  providerOf: (integration: IntegrationConfiguration) => Provider | undefined;
  /** Name of this process while it lives. */
  node: string;
  observer: PipelineObserver;
}

export interface PipelineObserver extends DeliverObserver {
  onDurable(lane: Lane, events: number, tookMs: number): void;
  onOrchestrated(lane: Lane, waitedMs: number): void;
}

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

function createDeliver(parts: PipelineParts, queue: EmbeddedQueue, deliveries: HandOver<Delivery>): Deliver {
  const { config } = parts;
  return new Deliver({
    ...parts,
    queue,
    takeDelivery: (id) => deliveries.take(id),
    limits: {
      maxInFlight: config.deliver.maxInFlight,
      maxInFlightPerIntegration: config.deliver.integrationInFlightMax,
      maxInFlightPerDestination: config.deliver.hostInFlightMax,
      callsPerIntegration: config.deliver.integrationCallsMax,
      bufferPerIntegration: config.deliver.integrationBufferMax,
      bufferPerDestination: config.deliver.hostBufferMax,
      topicItemsMax: config.queue.topicItemsMax,
      overflowDelayMs: config.deliver.overflowDelayMs,
      overflowDelayMaxMs: config.deliver.overflowDelayMaxMs,
      timeoutMs: config.deliver.callTimeoutMs,
      leaseMarginMs: config.deliver.leaseMarginMs,
      batchMax: config.deliver.batchMax,
      handlerBatchMax: config.deliver.batchMax,
      compiledTemplatesMax: config.deliver.compiledTemplatesMax,
    },
  });
}
