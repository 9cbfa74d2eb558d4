import { z } from "zod";
import { type Broadcast, type Hint, hints } from "../ports/broadcast.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import { GatheredHints } from "./gathered-hints.ts";
import { InProcessBroadcast } from "./in-process.ts";
import { KeptConnection, type NotifyingConnection } from "./kept-connection.ts";

export interface PostgresBroadcastParts {
  /** Makes a connection; `onEnd` is told when it is lost. */
  connect(onEnd: () => void): Promise<NotifyingConnection>;
  clock: Clock;
  /** Name of this process while it lives: what it sent itself comes back and is left. */
  node: string;
  onFault: (error: unknown) => void;
}

const channel = "tidings";
/** What was not sent is sent again after so long. */
const againMs = 1000;
/** A close waits so long for what is still to be sent. */
const lastMs = 1000;

/*
 * All processes that send hints take turns until the commit is done, as their queue has one lock; and a hint need not
 * outlive a crash: so that no commit of one waits for the disk.
 */
const sessionSql = `set synchronous_commit = off; listen ${channel}`;

/** Names of hints are looked up later: a process of another version may send some that are not known here. */
const messageSchema = z.object({ from: z.string(), hints: z.array(z.tuple([z.string(), z.string()])) });

/**
 * Hints to all processes on one database, by LISTEN and NOTIFY on a connection of its own. Receivers in this process hear
 * at once. What is published in one turn of the event loop, and while a message is under way, goes together; while there is
 * no connection it waits. After a connection was lost everybody here hears every hint, as any may have been missed.
 */
export class PostgresBroadcast implements Broadcast {
  readonly #parts: PostgresBroadcastParts;
  readonly #local: InProcessBroadcast;
  readonly #gathered = new GatheredHints();
  readonly #connection: KeptConnection;
  /** Until what was gathered is sent; undefined where nothing is on its way. */
  #sending: Promise<void> | undefined;
  #again: Timer | undefined;
  #closed = false;

  constructor(parts: PostgresBroadcastParts) {
    this.#parts = parts;
    this.#local = new InProcessBroadcast(parts.onFault);
    this.#connection = new KeptConnection({
      connect: (onEnd) => parts.connect(onEnd),
      clock: parts.clock,
      sessionSql,
      onPayload: (payload) => this.#hear(payload),
      onOpen: (isFirst) => {
        this.#sendAgain();
        if (!isFirst) for (const hint of hints) this.#local.publish(hint);
      },
    });
  }

  /** Resolves once this process hears the others. */
  start(): Promise<void> {
    return this.#connection.start();
  }

  publish(hint: Hint, subject = ""): void {
    if (this.#closed) return;
    this.#local.publish(hint, subject);
    this.#gathered.add(hint, subject);
    this.#sendSoon();
  }

  subscribe(hint: Hint, receive: (subject: string) => void): () => void {
    return this.#local.subscribe(hint, receive);
  }

  /** Sends what was published before. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#again?.cancel();
    await this.#local.close();
    let limit: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      limit = this.#parts.clock.after(lastMs, resolve);
    });
    const sent = Promise.resolve(this.#sending).then(() => this.#send());
    await Promise.race([sent, late]);
    limit?.cancel();
    await this.#connection.close();
  }

  #sendSoon(): void {
    if (this.#closed || this.#gathered.isEmpty || this.#connection.open === undefined) return;
    if (this.#sending !== undefined || this.#again !== undefined) return;
    this.#sending = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#send())
      .finally(() => {
        this.#sending = undefined;
        this.#sendSoon();
      });
  }

  async #send(): Promise<void> {
    while (this.#connection.open !== undefined && !this.#gathered.isEmpty) {
      const taken = this.#gathered.take();
      const payload = JSON.stringify({ from: this.#parts.node, hints: taken });
      try {
        await this.#connection.open.query("select pg_notify($1, $2)", [channel, payload]);
      } catch {
        // Maybe nobody was told. A lost connection is found by its end.
        for (const [hint, subject] of taken) this.#gathered.add(hint, subject);
        if (!this.#closed) this.#again = this.#parts.clock.after(againMs, () => this.#sendAgain());
        return;
      }
    }
  }

  #sendAgain(): void {
    this.#again?.cancel();
    this.#again = undefined;
    this.#sendSoon();
  }

  #hear(payload: string): void {
    try {
      const { from, hints: heard } = messageSchema.parse(JSON.parse(payload));
      if (from === this.#parts.node) return;
      for (const [name, subject] of heard) {
        const hint = hints.find((known) => known === name);
        if (hint !== undefined) this.#local.publish(hint, subject);
      }
    } catch (error) {
      // Whoever has the database's password may write to the channel.
      this.#parts.onFault(error);
    }
  }
}
