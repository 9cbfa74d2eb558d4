import type { SourceBody } from "@tidings/contract/sources";
import type { Clock } from "./clock.ts";
import type { Versioned } from "./configuration.ts";
import type { OutboundHttp } from "./provider.ts";

/** What a source gives: one message of a queue, one record of a topic. */
export interface SourceRecord {
  /** Names it for people, such as `orders/3/1207`. */
  place: string;
  /** The same each time it comes, and no other record's of this source. */
  identity: string;
  /** JSON, where all is well; null of a record that has none. */
  value: Buffer | null;
  headers: Readonly<Record<string, string>>;
  /** What the source says of it: key, topic, partition, offset, time (ms), id, group. */
  meta: Readonly<Record<string, string | number>>;
}

/**
 * Settles records in their order: each is an event that is durable, or a dead letter. Resolves then, however long that takes;
 * rejects where `signal` was aborted before: what is not settled comes again, and what was is not made twice.
 */
export type TakeRecords = (records: readonly SourceRecord[], signal: AbortSignal) => Promise<void>;

/**
 * Reads records, at least once, and has them taken in: those of one partition (or of one group of messages) in their order. A
 * record is acknowledged where it came from once it is settled, and not before. It goes on by itself after faults.
 */
export interface EventSource {
  start(): void;
  /** Begins nothing more; resolves when what was under way is settled and acknowledged, or given up. Safe to call twice. */
  stop(): Promise<void>;
  /** Records that wait to be read, by whichever process; rejects where that cannot be said at the moment. */
  lag(): Promise<number>;
}

/** A source as it is configured. */
export interface SourceConfiguration extends Versioned<SourceBody> {
  secrets: Record<string, string>;
}

/** What a source is given. */
export interface EventSourceParts {
  take: TakeRecords;
  clock: Clock;
  http: OutboundHttp;
  /** It cannot be read at the moment: told of each fault. */
  onFault: (error: unknown) => void;
  /** It can be read: told often. */
  onWell: () => void;
}

export type OpenEventSource = (source: SourceConfiguration, parts: EventSourceParts) => EventSource;
