import type { InboxOperation } from "../../domain/inbox.ts";
import type { InboxBounds, InboxItemRow, InboxRead, NewInboxItem } from "../../ports/store/inbox.ts";
import type { Corner } from "./corner.conformance.ts";

export const bounds: InboxBounds = { itemsMax: 1000, changesMax: 1000 };

type Read = NonNullable<InboxRead>;

/** One recipient's inbox as a test uses it, at a time that the test moves on. */
export class InboxBench {
  readonly corner: Corner;
  readonly recipient: string;
  readonly bounds: InboxBounds;
  now: number;
  generation = 0;

  private constructor(corner: Corner, recipient: string, over: Partial<InboxBounds>, now: number) {
    this.corner = corner;
    this.recipient = recipient;
    this.bounds = { ...bounds, ...over };
    this.now = now;
  }

  static async open(
    corner: Corner,
    recipient = "u1",
    over: Partial<InboxBounds> = {},
    now = corner.at,
  ): Promise<InboxBench> {
    const bench = new InboxBench(corner, recipient, over, now);
    await corner.store.putRecipient({ recipient: corner.recipient({ id: recipient }) });
    bench.generation = await corner.store.openInbox({ ...bench.key, now: bench.now });
    return bench;
  }

  get key() {
    return { environmentId: this.corner.environmentId, recipient: this.recipient };
  }

  get visit() {
    return { ...this.key, generation: this.generation, now: this.now, bounds: this.bounds };
  }

  item(over: Partial<NewInboxItem> = {}): NewInboxItem {
    const id = this.corner.id();
    return {
      ...this.key,
      id,
      wrappedKey: "key",
      createdAt: this.now,
      expiresAt: null,
      sealed: `sealed ${id}`,
      ...over,
    };
  }

  addAll(items: readonly NewInboxItem[]) {
    return this.corner.store.addInboxItems({ items, now: this.now, lane: "transactional", bounds: this.bounds });
  }

  /** Stores an item and gives its id. */
  async add(over: Partial<NewInboxItem> = {}): Promise<string> {
    const item = this.item(over);
    const [result] = await this.addAll([item]);
    if (result !== "stored") throw new Error(`the item is ${result}`);
    return item.id;
  }

  async change(kind: Exclude<InboxOperation["kind"], "action">, ...ids: string[]) {
    const change = { ...this.visit, operation: { kind }, selection: { ids }, limit: 100 };
    return this.corner.store.changeInbox(change);
  }

  async upTo(kind: Exclude<InboxOperation["kind"], "action">, upTo: number, limit = 100) {
    return this.corner.store.changeInbox({ ...this.visit, operation: { kind }, selection: { upTo }, limit });
  }

  act(id: string, key: string) {
    const change = { ...this.visit, operation: { kind: "action" as const, key }, selection: { ids: [id] }, limit: 1 };
    return this.corner.store.changeInbox(change);
  }

  async list(filter: "all" | "unseen" | "unread" | "archived" = "all", before = "", limit = 100) {
    const page = await this.corner.store.listInbox({ ...this.visit, filter, before, limit });
    if (page === undefined) throw new Error("the inbox is not there, or not for this generation");
    return page;
  }

  async ids(filter: "all" | "unseen" | "unread" | "archived" = "all"): Promise<string[]> {
    return (await this.list(filter)).items.map(({ id }) => id);
  }

  async counts() {
    const { unseen, unread } = (await this.list()).head;
    return { unseen, unread };
  }

  async read(after: number | null, limit = 100): Promise<Read> {
    const { key, now } = this;
    const [read] = await this.corner.store.readInboxes({ reads: [{ ...key, after }], limit, now, bounds: this.bounds });
    if (read === undefined) throw new Error("there is no inbox");
    return read;
  }

  async sequence(): Promise<number> {
    return (await this.read(null)).head.sequence;
  }

  /** What each change since then was, as `kind id`. */
  async kinds(after: number): Promise<string[] | undefined> {
    return (await this.read(after)).changes?.map(({ kind, id }) => `${kind} ${id}`);
  }

  async find(id: string): Promise<InboxItemRow | undefined> {
    return (await this.corner.store.getInboxItem({ ...this.visit, id }))?.item;
  }
}
