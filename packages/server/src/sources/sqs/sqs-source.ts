import { Backoff } from "../../lib/backoff.ts";
import { repeat } from "../../lib/repeat.ts";
import type { EventSource, EventSourceParts, SourceRecord } from "../../ports/event-source.ts";
import { abortable } from "../abortable.ts";
import type { ReceiveOptions, SqsMessage, SqsQueue } from "./sqs-queue.ts";

export interface SqsReader extends ReceiveOptions {
  /** Requests for messages under way at once. */
  concurrency: number;
}

/** Between looks into an empty queue, where it is not the queue that waits. */
const emptyMs = 1000;

/**
 * A queue of Amazon SQS. What is received is hidden from others, for longer as long as it waits here, deleted once it is
 * settled, and given back at once where this process stops before. Messages of a group of a FIFO queue keep their order, as
 * the queue gives none of a group while others of it are hidden.
 */
export class SqsSource implements EventSource {
  readonly #queue: SqsQueue;
  readonly #reader: SqsReader;
  readonly #parts: EventSourceParts;
  readonly #stop = new AbortController();
  readonly #backoffs: Backoff[] = [];
  #running: Promise<unknown> | undefined;

  constructor(queue: SqsQueue, reader: SqsReader, parts: EventSourceParts) {
    this.#queue = queue;
    this.#reader = reader;
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= Promise.all(Array.from({ length: this.#reader.concurrency }, () => this.#run()));
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("the source was stopped"));
    for (const backoff of this.#backoffs) backoff.end();
    await this.#running;
  }

  lag(): Promise<number> {
    return this.#queue.depth();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const backoff = new Backoff(this.#parts.clock);
    this.#backoffs.push(backoff);
    while (!signal.aborted) {
      try {
        await this.#receive(signal);
        backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        this.#parts.onFault(error);
        await backoff.wait();
      }
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { clock, onWell } = this.#parts;
    const messages = await this.#queue.receive(this.#reader, signal);
    onWell();
    if (messages.length > 0) await this.#settle(messages, signal);
    else if (this.#reader.waitSeconds === 0) await abortable(clock, emptyMs, signal);
  }

  async #settle(messages: readonly SqsMessage[], signal: AbortSignal): Promise<void> {
    const { visibilitySeconds } = this.#reader;
    // A hint that fails comes again: and if not, somebody else takes the messages too, which makes nothing twice.
    const hide = repeat(this.#parts.clock, (visibilitySeconds * 1000) / 2, () =>
      this.#queue.hide(messages, visibilitySeconds).catch(() => {}),
    );
    try {
      await this.#parts.take(messages.map(recordOf), signal);
    } catch (error) {
      hide.cancel();
      await this.#queue.hide(messages, 0).catch(() => {});
      throw error;
    }
    hide.cancel();
    await this.#queue.delete(messages);
  }
}

function recordOf({ MessageId, Body, Attributes, MessageAttributes }: SqsMessage): SourceRecord {
  const texts = Object.entries(MessageAttributes ?? {}).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue]],
  );
  const { SentTimestamp, MessageGroupId } = Attributes ?? {};
  return {
    place: MessageId,
    identity: MessageId,
    value: Buffer.from(Body),
    headers: Object.fromEntries(texts),
    meta: {
      id: MessageId,
      ...(SentTimestamp === undefined ? {} : { timestamp: Number(SentTimestamp) }),
      ...(MessageGroupId === undefined ? {} : { group: MessageGroupId }),
    },
  };
}
