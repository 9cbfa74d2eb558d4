import type { ConsumerGroupJoinEvent, EachBatchPayload } from "kafkajs";
import { GroupMember } from "../../lib/kafka/group-member.ts";
import { repeat } from "../../lib/repeat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Take } from "../broker/broker.ts";
import { stickyAssigner } from "./assigner.ts";
import { GroupPlace } from "./group-place.ts";
import type { KafkaSettings, OnFault } from "./settings.ts";
import { takeBatch } from "./take-batch.ts";

const commitEveryMs = 200;

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
  readonly #place = new GroupPlace();
  readonly #member: GroupMember;

  /** `heldUp`: topics of which nothing is wanted at the moment; `onFetch` is called while all is well. */
  constructor(parts: AttendanceParts, heldUp: ReadonlySet<string>, onFetch: () => void) {
    this.#parts = parts;
    this.#heldUp = heldUp;
    const { settings, groupId, clock } = parts;
    const { sessionTimeoutMs, fetchBytes } = settings;
    const partitionAssigners = [stickyAssigner(() => this.#place.owned)];
    this.#member = new GroupMember(
      { connection: settings, groupId, sessionTimeoutMs, fetchBytes, partitionAssigners },
      { clock, onFetch, onJoin: (joined) => this.#join(joined) },
    );
  }

  /** Resolves when it was ended, and rejects with what ended it. */
  attend(): Promise<void> {
    const { takes, clock } = this.#parts;
    const commits = repeat(clock, commitEveryMs, () => this.commit());
    return this.#member.attend(
      () => this.#begin([...takes.keys()]),
      () => commits.cancel(),
    );
  }

  end(): void {
    this.#member.end();
  }

  flow(topic: string, isWanted: boolean): void {
    try {
      if (isWanted) this.#member.consumer.resume([{ topic }]);
      else this.#member.consumer.pause([{ topic }]);
    } catch {
      // It is not at work yet; when it joins it is told what is held up.
    }
  }

  async commit(): Promise<void> {
    const changed = this.#place.uncommitted();
    if (changed.length === 0) return;
    try {
      await this.#member.consumer.commitOffsets(changed);
      this.#place.committed(changed);
    } catch {
      // The partitions are another member's, or the broker is away: they are committed next time, or read again.
    }
  }

  async #begin(topics: string[]): Promise<void> {
    await this.#member.consumer.connect();
    await this.#member.consumer.subscribe({ topics, fromBeginning: true });
    await this.#member.consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => this.#takeBatch(payload),
    });
  }

  #join({ memberAssignment }: ConsumerGroupJoinEvent["payload"]): void {
    const { consumer } = this.#member;
    for (const kept of this.#place.join(memberAssignment, this.#parts.clock.now())) consumer.seek(kept);
    for (const topic of this.#heldUp) consumer.pause([{ topic }]);
  }

  #takeBatch({ batch }: EachBatchPayload): void {
    const { takes, groupId, onFault } = this.#parts;
    const take = takes.get(batch.topic);
    const offsets = this.#place.offsetsOf(batch.topic, batch.partition, BigInt(batch.highWatermark));
    if (take === undefined || offsets === undefined) return;
    takeBatch(batch, offsets, take, (error) => onFault(`consume ${groupId}`, error));
  }
}
