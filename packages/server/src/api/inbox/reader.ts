import type { Clock } from "../../ports/clock.ts";
import type { InboxRead, InboxStore } from "../../ports/store/inbox.ts";
import type { InboxSettings } from "./settings.ts";
import type { Frame, Subscriber } from "./subscriber.ts";
import { changeView, type InboxKeyring } from "./view.ts";
import type { Watch } from "./watch.ts";

export interface InboxReaderOptions {
  store: Pick<InboxStore, "readInboxes" | "inboxHeads">;
  keyring: InboxKeyring;
  clock: Clock;
  limits: Pick<InboxSettings, "bounds" | "readBatchMax" | "changesReadMax">;
  onFault: (error: unknown) => void;
}

/** Reads inboxes for those who watch them: once for all, and many inboxes in one store call. */
export class InboxReader {
  readonly #on: InboxReaderOptions;
  readonly #dirty = new Set<Watch>();
  #reading = false;
  #stopped = false;

  constructor(options: InboxReaderOptions) {
    this.#on = options;
  }

  stop(): void {
    this.#stopped = true;
    this.#dirty.clear();
  }

  forget(watch: Watch): void {
    this.#dirty.delete(watch);
  }

  /** The inbox may have changed. */
  look(watch: Watch): void {
    watch.hinted = watch.position === undefined;
    if (watch.hinted || this.#stopped) return;
    this.#dirty.add(watch);
    if (!this.#reading) void this.#readDirty();
  }

  /** Reads for one subscriber until it has what the others have. What it has not taken is waited for, not piled up. */
  async catchUp(watch: Watch, subscriber: Subscriber): Promise<void> {
    while (subscriber.state === "catching up") {
      const [read] = await this.#read([{ ...watch.key, after: subscriber.position ?? null }]);
      if (subscriber.state !== "catching up") return;
      if (read === undefined || read.head.generation !== subscriber.token.generation) return subscriber.close("token");
      if (read.changes === null) subscriber.reset(read.head);
      else subscriber.tell(this.#framesOf(read), read.head);
      const { position = -1, connection } = subscriber;
      if (position >= read.head.sequence && position >= (watch.position ?? 0)) {
        watch.goLive(subscriber);
        subscriber.greet();
        if (watch.hinted) this.look(watch);
        return;
      }
      await connection.drained();
    }
  }

  /** Makes up for lost hints, and for expiries, of which nobody tells. */
  async poll(watches: readonly Watch[]): Promise<void> {
    const { store, clock, limits } = this.#on;
    for (let from = 0; from < watches.length && !this.#stopped; from += limits.readBatchMax) {
      const some = watches.slice(from, from + limits.readBatchMax);
      const heads = await store.inboxHeads({ keys: some.map(({ key }) => key) });
      for (const [index, watch] of some.entries()) if (watch.isBehind(heads[index], clock.now())) this.look(watch);
    }
  }

  /** One store call at a time: what is hinted at meanwhile gathers for the next. */
  async #readDirty(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#dirty.size > 0) {
        const watches = [...this.#dirty].slice(0, this.#on.limits.readBatchMax);
        for (const watch of watches) this.#dirty.delete(watch);
        const reads = await this.#read(watches.map(({ key, position }) => ({ ...key, after: position ?? null })));
        for (const [index, watch] of watches.entries()) {
          const read = reads[index];
          if (watch.publish(read, read === undefined ? [] : this.#framesOf(read))) this.#dirty.add(watch);
        }
      }
    } catch (error) {
      // The poll finds what was not read.
      this.#on.onFault(error);
    } finally {
      this.#reading = false;
    }
  }

  #read(reads: { environmentId: number; recipient: string; after: number | null }[]): Promise<InboxRead[]> {
    const { store, clock, limits } = this.#on;
    return store.readInboxes({ reads, limit: limits.changesReadMax, now: clock.now(), bounds: limits.bounds });
  }

  /** Texts that all connections of an inbox share. */
  #framesOf({ changes, wrappedKey }: NonNullable<InboxRead>): Frame[] {
    return (changes ?? []).map((change) => ({
      sequence: change.sequence,
      json: JSON.stringify(changeView(change, wrappedKey, this.#on.keyring)),
    }));
  }
}
