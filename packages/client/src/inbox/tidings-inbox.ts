import type {
  InboxChange,
  InboxCounts,
  InboxItem,
  InboxPage,
  InboxSelection,
  InboxStand,
  inboxQuerySchema,
} from "@tidings/contract/inbox";
import { idSchema, keySchema } from "@tidings/contract/text";
import type { z } from "zod";
import type { Operation } from "../transport/operation.ts";
import type { CallOptions } from "../transport/options.ts";
import { InboxCalls } from "./calls.ts";
import { InboxConnection } from "./connection.ts";
import { Emitter } from "./emitter.ts";
import type { InboxEvents } from "./events.ts";
import { inboxOperations } from "./operations.ts";
import { type InboxOptions, type InboxSettings, inboxSettingsOf } from "./options.ts";
import { InboxProgress } from "./progress.ts";

export type { InboxChange, InboxCounts, InboxItem, InboxPage, InboxSelection } from "@tidings/contract/inbox";
export type { InboxEvents, InboxState } from "./events.ts";
export type { InboxOptions, InboxTransport, InboxWebSocket, InboxWebSocketConstructor } from "./options.ts";

export type InboxQuery = z.input<typeof inboxQuerySchema>;

/**
 * A recipient's inbox, with a token that your own server asks for: never an API key. It lists and marks items, and, once
 * connected, tells what changes: by WebSocket, else as an event stream, else by polling. It comes back by itself, from where
 * it left off, and fetches a new token when one has run out.
 *
 * @example
 * import { TidingsInbox } from "@tidings/client/inbox";
 *
 * const inbox = new TidingsInbox({
 *   baseUrl,
 *   getToken: async () => (await fetch("https://shop.example/inbox-token")).text(),
 * });
 * inbox.on("counts", ({ unseen }) => console.log("badge", unseen));
 * inbox.on("change", ({ type, id, item }) => console.log(type, id, item?.text));
 * inbox.connect();
 */
export class TidingsInbox {
  readonly #settings: InboxSettings;
  readonly #calls: InboxCalls;
  readonly #emitter = new Emitter<InboxEvents>();
  #connection: InboxConnection | undefined;
  readonly #progress = new InboxProgress();

  /** Throws `TidingsInputError` where an option is missing or wrong. */
  constructor(options: InboxOptions) {
    this.#settings = inboxSettingsOf(options);
    this.#calls = new InboxCalls(this.#settings);
  }

  /** The newest counts that are known; undefined before anything was asked for. */
  get counts(): InboxCounts | undefined {
    return this.#progress.counts;
  }

  /** Gives the function that ends the subscription. */
  on<Name extends keyof InboxEvents>(name: Name, listener: (value: InboxEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Connects, unless it is; from then on listeners are told of changes. What was listed before is where it begins. */
  connect(): void {
    this.#connection ??= new InboxConnection({
      settings: this.#settings,
      calls: this.#calls,
      position: () => this.#progress.position,
      events: {
        change: (change) => this.#change(change),
        state: (state, transport) => this.#emitter.emit("state", { state, transport }),
        fault: (error) => this.#emitter.emit("error", error),
      },
    });
  }

  /** Ends the connection; `connect` goes on from where it was. Safe to call twice. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Items, newest first; `nextCursor` leads to the page after it. */
  async list(query: InboxQuery = {}, options?: CallOptions): Promise<InboxPage> {
    const page = await this.#calls.call(inboxOperations.list, { query: () => query }, options);
    // While it is connected, changes up to there may still be on their way.
    if (this.#connection === undefined) this.#progress.position = page.counts.sequence;
    this.#learn(page.counts);
    return page;
  }

  /** Marks items as seen, those named or all that had come `upTo` a sequence; gives how many it changed. */
  seen(selection: InboxSelection, options?: CallOptions): Promise<number> {
    return this.#mark(inboxOperations.seen, selection, options);
  }

  /** Marks items as read, and so as seen. */
  read(selection: InboxSelection, options?: CallOptions): Promise<number> {
    return this.#mark(inboxOperations.read, selection, options);
  }

  unread(selection: InboxSelection, options?: CallOptions): Promise<number> {
    return this.#mark(inboxOperations.unread, selection, options);
  }

  archive(selection: InboxSelection, options?: CallOptions): Promise<number> {
    return this.#mark(inboxOperations.archive, selection, options);
  }

  unarchive(selection: InboxSelection, options?: CallOptions): Promise<number> {
    return this.#mark(inboxOperations.unarchive, selection, options);
  }

  /** Takes an action of an item; gives the item. Where another was taken already, it rejects with `version_conflict`. */
  act(id: string, key: string, options?: CallOptions): Promise<InboxItem> {
    const path = { id: [idSchema, id], key: [keySchema, key] } as const;
    return this.#calls.call(inboxOperations.act, { path }, options);
  }

  async #mark(
    operation: Operation & { response: typeof inboxOperations.seen.response },
    selection: InboxSelection,
    options: CallOptions | undefined,
  ): Promise<number> {
    const { changed, counts } = await this.#calls.call(operation, { body: () => selection }, options);
    this.#learn(counts);
    return changed;
  }

  #change(change: InboxChange): void {
    if (!this.#progress.take(change)) return;
    this.#emitter.emit("change", change);
    this.#learn({ sequence: change.sequence, ...change.counts });
  }

  #learn(stand: InboxStand): void {
    const counts = this.#progress.learn(stand);
    if (counts !== undefined) this.#emitter.emit("counts", counts);
  }
}
