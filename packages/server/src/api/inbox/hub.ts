import type { InboxClose } from "@tidings/contract/inbox";
import { type InboxConnections, type InboxTransport, inboxSubject } from "../../domain/inbox.ts";
import type { Broadcast } from "../../ports/broadcast.ts";
import type { Timer } from "../../ports/clock.ts";
import { InboxReader, type InboxReaderOptions } from "./reader.ts";
import type { InboxSettings } from "./settings.ts";
import { type InboxConnection, Subscriber } from "./subscriber.ts";
import type { InboxToken } from "./token.ts";
import { Watch } from "./watch.ts";

export interface InboxHubOptions extends InboxReaderOptions {
  broadcast: Pick<Broadcast, "subscribe">;
  limits: InboxSettings;
}

/**
 * Brings the changes of inboxes to the connections of this process. A hint, or a poll that finds another sequence, makes it
 * read an inbox once for all who watch it. Hints may be lost: whatever is told comes from the store, by sequence.
 */
export class InboxHub {
  readonly #on: InboxHubOptions;
  readonly #reader: InboxReader;
  readonly #watches = new Map<string, Watch>();
  readonly #open: Record<InboxTransport, number> = { websocket: 0, sse: 0 };
  #stopped = false;
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: InboxHubOptions) {
    this.#on = options;
    this.#reader = new InboxReader(options);
  }

  /** Connections that are joined and not closed yet. */
  get connections(): InboxConnections {
    return this.#open;
  }

  start(): void {
    this.#unsubscribe = this.#on.broadcast.subscribe("inbox", (subject) => {
      const watch = this.#watches.get(subject);
      if (watch !== undefined) this.#reader.look(watch);
      else if (subject === "") void this.#lookAtAll();
    });
    this.#arm();
  }

  /** Closes all connections; they resume elsewhere, or here after the next start. Safe to call twice. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#unsubscribe?.();
    this.#reader.stop();
    for (const { subscribers } of this.#watches.values()) {
      for (const subscriber of subscribers) subscriber.close("stopping");
    }
  }

  /** Tells a connection all changes after `after`, and those to come, until `leave` is called. Gives `leave`. */
  join(token: InboxToken, after: number | undefined, connection: InboxConnection): () => void {
    const { limits, clock, onFault } = this.#on;
    const name = inboxSubject(token);
    const watch = this.#watches.get(name) ?? new Watch(token);
    const refusal = this.#refusalOf(token, watch);
    if (refusal !== undefined) {
      connection.close(refusal);
      return () => {};
    }
    const from = { position: after, beatAt: clock.monotonic() + limits.heartbeatMs };
    const subscriber = new Subscriber(token, connection, from, limits.bufferedBytesMax);
    this.#watches.set(name, watch);
    watch.subscribers.add(subscriber);
    this.#open[connection.transport] += 1;
    this.#reader.catchUp(watch, subscriber).catch((error: unknown) => {
      onFault(error);
      subscriber.close("fault");
    });
    return () => this.#leave(name, watch, subscriber);
  }

  #refusalOf(token: InboxToken, { subscribers }: Watch): InboxClose | undefined {
    const { limits } = this.#on;
    if (this.#stopped) return "stopping";
    if (!token.scopes.includes("inbox:read")) return "scope";
    const open = this.#open.websocket + this.#open.sse;
    const isFull = open >= limits.connectionsMax || subscribers.size >= limits.connectionsPerRecipientMax;
    return isFull ? "crowded" : undefined;
  }

  #leave(name: string, watch: Watch, subscriber: Subscriber): void {
    subscriber.state = "closed";
    if (!watch.subscribers.delete(subscriber)) return;
    this.#open[subscriber.connection.transport] -= 1;
    if (watch.subscribers.size > 0) return;
    this.#watches.delete(name);
    this.#reader.forget(watch);
  }

  #arm(): void {
    if (!this.#stopped) this.#timer = this.#on.clock.after(this.#on.limits.pollIntervalMs, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { clock, limits } = this.#on;
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    for (const { subscribers } of this.#watches.values()) {
      for (const subscriber of subscribers) {
        if (subscriber.token.expiresAt <= now) subscriber.close("token");
        else if (subscriber.beatAt <= monotonic) subscriber.beat(monotonic + limits.heartbeatMs);
      }
    }
    await this.#poll();
    this.#arm();
  }

  /** Hints may have been lost. Who is still catching up is told of it as of a hint. */
  #lookAtAll(): Promise<void> {
    for (const watch of this.#watches.values()) if (watch.position === undefined) this.#reader.look(watch);
    return this.#poll();
  }

  async #poll(): Promise<void> {
    try {
      await this.#reader.poll([...this.#watches.values()].filter(({ position }) => position !== undefined));
    } catch (error) {
      this.#on.onFault(error);
    }
  }
}
