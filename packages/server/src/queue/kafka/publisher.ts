import type { Producer } from "kafkajs";
import { Backoff } from "../../lib/backoff.ts";
import { createClient } from "../../lib/kafka/client.ts";
import { withAdmin } from "../../lib/kafka/with-admin.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QueueItem, Topic } from "../../ports/queue.ts";
import { allTopics } from "../../ports/topic.ts";
import { itemValue, partitionOf } from "./item-value.ts";
import type { KafkaSettings, OnFault } from "./settings.ts";
import { ensureTopics, nameOfTopic } from "./topics.ts";

/** A request that is under way for longer says that the broker is not well. */
const slowMs = 2000;

export interface PublisherParts {
  settings: KafkaSettings;
  clock: Pick<Clock, "after" | "monotonic">;
  onFault: OnFault;
}

/**
 * Sends one batch at a time, acknowledged by all copies; what is published meanwhile goes with the next. A batch that
 * failed may have arrived: it is sent again by a new producer, as the old one's numbers would make the next batch look like
 * a repetition (docs/decisions/0010).
 */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #waiting = new Map<Topic, QueueItem[]>();
  readonly #backoff: Backoff;
  #producer: Producer | undefined;
  #sending: Promise<void> | undefined;
  #sentAt: number | undefined;
  #failing = false;
  #closed = false;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.clock);
  }

  get isWell(): boolean {
    const isSlow = this.#sentAt !== undefined && this.#parts.clock.monotonic() - this.#sentAt > slowMs;
    return !this.#failing && !isSlow;
  }

  publish(topic: Topic, items: readonly QueueItem[]): void {
    const waiting = this.#waiting.get(topic) ?? [];
    this.#waiting.set(topic, waiting);
    const room = this.#parts.settings.publishWaitingMax - waiting.length;
    for (const item of room < items.length ? items.slice(0, Math.max(0, room)) : items) waiting.push(item);
    this.#sending ??= this.#send();
  }

  /** Sends what waits, for `withinMs` at most. */
  async close(withinMs: number): Promise<void> {
    await Promise.race([this.#sending, new Promise<void>((resolve) => this.#parts.clock.after(withinMs, resolve))]);
    this.#closed = true;
    this.#backoff.end();
    await this.#end();
  }

  async #send(): Promise<void> {
    // What is published in one turn of the event loop goes together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let batch = this.#take(); batch.size > 0 && !this.#closed; batch = this.#take()) {
      while (!this.#closed && !(await this.#sent(batch))) await this.#backoff.wait();
    }
    this.#sending = undefined;
  }

  /** More urgent lanes first. */
  #take(): Map<Topic, QueueItem[]> {
    const batch = new Map<Topic, QueueItem[]>();
    let room = this.#parts.settings.publishBatchMax;
    for (const topic of allTopics) {
      const items = this.#waiting.get(topic)?.splice(0, room) ?? [];
      if (items.length > 0) batch.set(topic, items);
      room -= items.length;
      if (room <= 0) break;
    }
    return batch;
  }

  async #sent(batch: ReadonlyMap<Topic, readonly QueueItem[]>): Promise<boolean> {
    const { settings, clock, onFault } = this.#parts;
    this.#sentAt = clock.monotonic();
    try {
      this.#producer ??= await this.#connect();
      await this.#producer.sendBatch({
        acks: -1,
        timeout: settings.requestTimeoutMs,
        topicMessages: [...batch].map(([topic, items]) => ({
          topic: nameOfTopic(settings.prefix, topic),
          messages: items.map((item) => ({ key: item.id, value: itemValue(item) })),
        })),
      });
      this.#failing = false;
      this.#backoff.reset();
      return true;
    } catch (error) {
      if (!this.#failing) onFault("publish", error);
      this.#failing = true;
      await this.#end();
      return false;
    } finally {
      this.#sentAt = undefined;
    }
  }

  async #connect(): Promise<Producer> {
    const { settings } = this.#parts;
    // They may have been deleted.
    if (this.#failing) await withAdmin(settings, (admin) => ensureTopics(admin, settings));
    const producer = createClient(settings).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100 },
      createPartitioner:
        () =>
        ({ message, partitionMetadata }) =>
          partitionOf(String(message.key), partitionMetadata.length),
    });
    await producer.connect();
    return producer;
  }

  async #end(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => {});
  }
}
