import type { Consumer, ConsumerConfig, ConsumerGroupJoinEvent } from "kafkajs";
import { repeat } from "../repeat.ts";
import { createClient, type KafkaConnection } from "./client.ts";

/** How long the broker holds a request that finds nothing. */
const fetchWaitMs = 500;
export const heartbeatMs = 1000;
/** Everybody waits for a member that is gone for so long when another joins; one that lives answers within a heartbeat. */
const rejoinMaxMs = 3000;
/** Without any sign of life for so many session time-outs a consumer is given up: it stands still without a fault. */
const silentSessions = 2;
const stopMaxMs = 3000;

interface MemberSettings extends Pick<ConsumerConfig, "groupId" | "partitionAssigners"> {
  connection: KafkaConnection;
  /** A member that was not heard of for so long loses its partitions. */
  sessionTimeoutMs: number;
  /** Bytes of one partition fetched at once. */
  fetchBytes: number;
}

interface MemberParts {
  clock: { monotonic(): number; after(delayMs: number, run: () => void): { cancel(): void } };
  /** Called while all is well. */
  onFetch: () => void;
  onJoin: (joined: ConsumerGroupJoinEvent["payload"]) => void;
}

/** One consumer's time in its group, from joining to its end. A new one is made for whoever joins again (docs/decisions/0010). */
export class GroupMember {
  readonly consumer: Consumer;
  readonly #parts: MemberParts;
  readonly #silenceMaxMs: number;
  readonly #ended: Promise<void>;
  #end: (error?: unknown) => void = () => {};
  #heardAt: number;

  constructor({ connection, sessionTimeoutMs, fetchBytes, ...own }: MemberSettings, parts: MemberParts) {
    this.#parts = parts;
    this.#silenceMaxMs = silentSessions * sessionTimeoutMs;
    this.#heardAt = parts.clock.monotonic();
    this.consumer = createClient(connection).consumer({
      ...own,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rejoinMaxMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytesPerPartition: fetchBytes,
      allowAutoTopicCreation: false,
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1000, restartOnFailure: async () => false },
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  /** `begin` connects and runs the consumer. Resolves when it was ended, and rejects with what ended it. */
  async attend(begin: () => Promise<void>, onEnd: () => void): Promise<void> {
    const { clock } = this.#parts;
    const watch = repeat(clock, heartbeatMs, async () => this.#endIfSilent());
    try {
      this.#listen();
      // What begins after its end ends it too.
      void begin().catch(this.#end);
      await this.#ended;
    } finally {
      watch.cancel();
      onEnd();
      const timeIsUp = new Promise<void>((resolve) => void clock.after(stopMaxMs, resolve));
      // What is under way ends first; then the group is left, so that others go on at once.
      await Promise.race([this.consumer.disconnect().catch(() => {}), timeIsUp]);
    }
  }

  /** With an error it is what ended it. */
  end(error?: unknown): void {
    this.#end(error);
  }

  #listen(): void {
    const { CRASH, FETCH, FETCH_START, GROUP_JOIN, HEARTBEAT } = this.consumer.events;
    const hear = (): void => {
      this.#heardAt = this.#parts.clock.monotonic();
    };
    this.consumer.on(FETCH_START, hear);
    this.consumer.on(HEARTBEAT, hear);
    this.consumer.on(FETCH, () => {
      hear();
      this.#parts.onFetch();
    });
    this.consumer.on(CRASH, ({ payload }) => this.#end(payload.error));
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      hear();
      this.#parts.onJoin(payload);
    });
  }

  #endIfSilent(): void {
    if (this.#parts.clock.monotonic() - this.#heardAt > this.#silenceMaxMs)
      this.#end(new Error("the consumer gave no sign of life"));
  }
}
