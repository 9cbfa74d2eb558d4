import type { Consumer, EachBatchPayload } from "kafkajs";
import type { Clock } from "../../ports/clock.ts";
import type { Take } from "../broker/broker.ts";
import { stickyAssigner } from "./assigner.ts";
import { createClient } from "./client.ts";
import { GroupPlace } from "./group-place.ts";
import { repeat } from "./repeat.ts";
import type { KafkaSettings, OnFault } from "./settings.ts";
import { takeBatch } from "./take-batch.ts";

/** How long the broker holds a request that finds nothing. */
const fetchWaitMs = 500;
const heartbeatMs = 1000;
const commitEveryMs = 200;
/** Everybody waits for a member that is gone for so long when another joins; one that lives answers within a heartbeat. */
const rejoinMaxMs = 3000;
/** Without any sign of life for so many session time-outs a consumer is given up: it stands still without a fault. */
const silentSessions = 2;
const stopMaxMs = 3000;

export interface AttendanceParts {
  settings: KafkaSettings;
  groupId: string;
  /** By the topics' names at the broker. */
  takes: ReadonlyMap<string, Take>;
  clock: Clock;
  onFault: OnFault;
}

/** One consumer's time in its group, from joining to its end. */
export class Attendance {
  readonly #parts: AttendanceParts;
  readonly #heldUp: ReadonlySet<string>;
  readonly #onFetch: () => void;
  readonly #place = new GroupPlace();
  readonly #consumer: Consumer;
  readonly #ended: Promise<void>;
  #end: (error?: unknown) => void = () => {};
  #heardAt: number;

  /** `heldUp`: topics of which nothing is wanted at the moment; `onFetch` is called while all is well. */
  constructor(parts: AttendanceParts, heldUp: ReadonlySet<string>, onFetch: () => void) {
    this.#parts = parts;
    this.#heldUp = heldUp;
    this.#onFetch = onFetch;
    this.#heardAt = parts.clock.monotonic();
    const { settings, groupId } = parts;
    this.#consumer = createClient(settings).consumer({
      groupId,
      sessionTimeout: settings.sessionTimeoutMs,
      rebalanceTimeout: rejoinMaxMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytesPerPartition: settings.fetchBytes,
      allowAutoTopicCreation: false,
      partitionAssigners: [stickyAssigner(() => this.#place.owned)],
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1000, restartOnFailure: async () => false },
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  /** Resolves when it was ended, and rejects with what ended it. */
  async attend(): Promise<void> {
    const { takes, clock } = this.#parts;
    const timers = [
      repeat(clock, commitEveryMs, () => this.commit()),
      repeat(clock, heartbeatMs, async () => this.#endIfSilent()),
    ];
    try {
      this.#listen();
      // What begins after its end ends it too.
      void this.#begin([...takes.keys()]).catch(this.#end);
      await this.#ended;
    } finally {
      for (const timer of timers) timer.cancel();
      const timeIsUp = new Promise<void>((resolve) => void clock.after(stopMaxMs, resolve));
      await Promise.race([this.#consumer.disconnect().catch(() => {}), timeIsUp]);
    }
  }

  end(): void {
    this.#end();
  }

  flow(topic: string, isWanted: boolean): void {
    try {
      if (isWanted) this.#consumer.resume([{ topic }]);
      else this.#consumer.pause([{ topic }]);
    } catch {
      // It is not at work yet; when it joins it is told what is held up.
    }
  }

  async commit(): Promise<void> {
    const changed = this.#place.uncommitted();
    if (changed.length === 0) return;
    try {
      await this.#consumer.commitOffsets(changed);
      this.#place.committed(changed);
    } catch {
      // The partitions are another member's, or the broker is away: they are committed next time, or read again.
    }
  }

  async #begin(topics: string[]): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => this.#takeBatch(payload),
    });
  }

  #listen(): void {
    const { CRASH, FETCH, FETCH_START, GROUP_JOIN, HEARTBEAT } = this.#consumer.events;
    const hear = (): void => {
      this.#heardAt = this.#parts.clock.monotonic();
    };
    this.#consumer.on(FETCH_START, hear);
    this.#consumer.on(HEARTBEAT, hear);
    this.#consumer.on(FETCH, () => {
      hear();
      this.#onFetch();
    });
    this.#consumer.on(CRASH, ({ payload }) => this.#end(payload.error));
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      hear();
      for (const kept of this.#place.join(payload.memberAssignment, this.#parts.clock.now())) this.#consumer.seek(kept);
      for (const topic of this.#heldUp) this.#consumer.pause([{ topic }]);
    });
  }

  #endIfSilent(): void {
    const { clock, settings } = this.#parts;
    if (clock.monotonic() - this.#heardAt > silentSessions * settings.sessionTimeoutMs)
      this.#end(new Error("the consumer gave no sign of life"));
  }

  #takeBatch({ batch }: EachBatchPayload): void {
    const { takes, groupId, onFault } = this.#parts;
    const take = takes.get(batch.topic);
    const offsets = this.#place.offsetsOf(batch.topic, batch.partition, BigInt(batch.highWatermark));
    if (take === undefined || offsets === undefined) return;
    takeBatch(batch, offsets, take, (error) => onFault(`consume ${groupId}`, error));
  }
}
