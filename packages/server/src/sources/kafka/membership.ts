import type { ConsumerGroupJoinEvent, EachBatchPayload } from "kafkajs";
import { GroupMember, heartbeatMs } from "../../lib/kafka/group-member.ts";
import type { EventSourceParts } from "../../ports/event-source.ts";
import { beginAtEnd } from "./begin-at-end.ts";
import { recordOf } from "./kafka-record.ts";
import type { KafkaSourceSettings } from "./kafka-source-settings.ts";
import { takeAlive } from "./take-alive.ts";

/**
 * One consumer's time in its group, from joining to its end. Offsets are committed behind what is settled, by whoever settled
 * it; a commit that is refused means that the partition is another member's, which reads that again.
 */
export class Membership {
  readonly #settings: KafkaSourceSettings;
  readonly #parts: EventSourceParts;
  readonly #member: GroupMember;
  readonly #giveUp = new AbortController();
  /** Resolves when it is known where to begin. */
  #placed: Promise<void> = Promise.resolve();

  constructor(settings: KafkaSourceSettings, parts: EventSourceParts) {
    this.#settings = settings;
    this.#parts = parts;
    const { connection, group: groupId, sessionTimeoutMs, fetchBytes } = settings;
    this.#member = new GroupMember(
      { connection, groupId, sessionTimeoutMs, fetchBytes },
      {
        clock: parts.clock,
        onFetch: () => parts.onWell(),
        onJoin: (joined) => {
          if (settings.start === "latest") this.#placed = this.#place(joined);
        },
      },
    );
  }

  /** Resolves when it was ended, and rejects with what ended it. */
  attend(): Promise<void> {
    return this.#member.attend(
      () => this.#begin(),
      () => this.#giveUp.abort(new Error("the membership has ended")),
    );
  }

  end(): void {
    this.#member.end();
  }

  async #begin(): Promise<void> {
    const { topic, concurrency } = this.#settings;
    await this.#member.consumer.connect();
    // Also where new records alone are wanted: a place that retention has passed is not to become the end.
    await this.#member.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.#member.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch: (payload) => this.#takeBatch(payload),
    });
  }

  async #place({ isLeader, memberAssignment }: ConsumerGroupJoinEvent["payload"]): Promise<void> {
    const { topic, group, connection } = this.#settings;
    const { signal } = this.#giveUp;
    try {
      const of = {
        connection,
        topic,
        group,
        isLeader,
        signal,
        clock: this.#parts.clock,
        consumer: this.#member.consumer,
      };
      await beginAtEnd(of, memberAssignment[topic] ?? []);
    } catch (error) {
      this.#member.end(error);
    }
  }

  async #takeBatch({ batch, heartbeat, ...of }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const { resolveOffset, commitOffsetsIfNecessary, isRunning, isStale } = of;
    await this.#placed;
    const { batchMax } = this.#settings;
    const { take, clock } = this.#parts;
    for (let from = 0; from < messages.length; from += batchMax) {
      if (!isRunning() || isStale() || this.#giveUp.signal.aborted) return;
      const part = messages.slice(from, from + batchMax);
      const last = part.at(-1)?.offset ?? "0";
      const records = part.map((message) => recordOf(topic, partition, message));
      const lost = await takeAlive(records, { take, clock, heartbeat, heartbeatMs, ending: this.#giveUp.signal });
      const offset = String(BigInt(last) + 1n);
      // The consumer's own call says that all is well and commits nothing once it is to stop.
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      resolveOffset(last);
      if (lost !== undefined) throw lost;
    }
  }
}
