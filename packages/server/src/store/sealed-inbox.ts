import type { Lane } from "@tidings/contract/words";
import { sealContext } from "../domain/event-payload.ts";
import { inboxSubject } from "../domain/inbox.ts";
import { Batcher } from "../lib/batcher.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type { Inbox, InboxEntry } from "../ports/inbox.ts";
import type { InboxBounds, InboxStore, NewInboxItem, NewInboxItemResult } from "../ports/store/inbox.ts";
import type { OrchestrateStore } from "../ports/store/orchestrate.ts";

interface Parts {
  store: Pick<OrchestrateStore, "loadRecipients"> & Pick<InboxStore, "addInboxItems">;
  keyring: { sealForRecipient(wrappedKey: string, context: string, text: string): string };
  broadcast: Pick<Broadcast, "publish">;
  clock: Clock;
}

/** Inboxes in the store: every item sealed with its recipient's key; who watches an inbox is told after the commit. */
export class SealedInbox implements Inbox {
  readonly #parts: Parts;
  readonly #bounds: InboxBounds;
  readonly #batchMax: number;
  readonly #batchers: Record<Lane, Batcher<NewInboxItem, NewInboxItemResult>>;

  constructor(parts: Parts, { batchMax, itemsMax, changesMax }: InboxBounds & { batchMax: number }) {
    this.#parts = parts;
    this.#bounds = { itemsMax, changesMax };
    this.#batchMax = batchMax;
    const batcher = (lane: Lane) =>
      new Batcher<NewInboxItem, NewInboxItemResult>((items) => this.#add(items, lane), { batchMax, openMax: 2 });
    this.#batchers = {
      critical: batcher("critical"),
      transactional: batcher("transactional"),
      marketing: batcher("marketing"),
    };
  }

  async deliver(environmentId: number, lane: Lane, entries: readonly InboxEntry[]): Promise<NewInboxItemResult[]> {
    const keys = await this.#keysOf(environmentId, lane, entries);
    const results = entries.map((): NewInboxItemResult => "recipient_gone");
    const items: NewInboxItem[] = [];
    const places: number[] = [];
    for (const [place, { messageId, recipient, createdAt, expiresAt, content }] of entries.entries()) {
      const wrappedKey = keys.get(recipient);
      if (wrappedKey === undefined) continue;
      const sealed = this.#parts.keyring.sealForRecipient(wrappedKey, sealContext.inboxItem, JSON.stringify(content));
      items.push({ environmentId, recipient, id: messageId, wrappedKey, createdAt, expiresAt, sealed });
      places.push(place);
    }
    const stored = await this.#inChunks(lane, items);
    for (const [index, place] of places.entries()) results[place] = stored[index] ?? "recipient_gone";
    return results;
  }

  async #keysOf(environmentId: number, lane: Lane, entries: readonly InboxEntry[]): Promise<Map<string, string>> {
    const ids = [...new Set(entries.map(({ recipient }) => recipient))];
    const records = await this.#parts.store.loadRecipients({ keys: ids.map((id) => ({ environmentId, id })), lane });
    return new Map(records.map(({ id, wrappedKey }) => [id, wrappedKey]));
  }

  /** A call of hundreds of items would hold the store up for longer than a turn may take. */
  async #inChunks(lane: Lane, items: readonly NewInboxItem[]): Promise<NewInboxItemResult[]> {
    const chunks: Promise<readonly NewInboxItemResult[]>[] = [];
    for (let from = 0; from < items.length; from += this.#batchMax)
      chunks.push(this.#batchers[lane].submitAll(items.slice(from, from + this.#batchMax)));
    return (await Promise.all(chunks)).flat();
  }

  async #add(items: readonly NewInboxItem[], lane: Lane): Promise<NewInboxItemResult[]> {
    const { store, broadcast, clock } = this.#parts;
    const results = await store.addInboxItems({ items, now: clock.now(), lane, bounds: this.#bounds });
    for (const [index, item] of items.entries())
      if (results[index] === "stored") broadcast.publish("inbox", inboxSubject(item));
    return results;
  }
}
