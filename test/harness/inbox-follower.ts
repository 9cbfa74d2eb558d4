import { type InboxChange, inboxChangeSchema } from "@tidings/contract/inbox";
import { WebSocket } from "ws";

/** What follows an item's state says. */
export interface FollowedItem {
  text: string;
  seen: boolean;
  read: boolean;
  archived: boolean;
  action: string | undefined;
}

/**
 * Knows an inbox from its socket alone. It comes back by itself where it left off, and holds that the changes have no gap,
 * no double and no reset.
 */
export class InboxFollower {
  readonly items = new Map<string, FollowedItem>();
  /** How often each text was created. */
  readonly created = new Map<string, number>();
  counts = { unseen: 0, unread: 0 };
  sequence: number;
  connects = 0;
  readonly faults: string[] = [];
  readonly #url: () => string;
  readonly #waiting: (() => void)[] = [];
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `url` gives the socket's address with its token. */
  constructor(url: () => string, sequence: number) {
    this.#url = url;
    this.sequence = sequence;
    this.#connect();
  }

  /** Breaks the connection off in the middle, and comes back. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  async until(enough: () => boolean): Promise<void> {
    while (!enough()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    const socket = new WebSocket(`${this.#url()}&after=${this.sequence}`);
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("open", () => {
      this.connects += 1;
    });
    socket.on("message", (data) => {
      if (socket === this.#socket) this.#take(inboxChangeSchema.parse(JSON.parse(String(data))));
    });
    socket.on("close", () => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.#connect(), 20);
    });
  }

  #take({ type, sequence, id = "", item, counts }: InboxChange): void {
    if (type === "heartbeat") return;
    if (type === "reset") this.faults.push(`a reset at ${sequence}`);
    if (sequence !== this.sequence + 1) this.faults.push(`${sequence} after ${this.sequence}`);
    this.sequence = sequence;
    this.counts = counts;
    if (type === "removed") this.items.delete(id);
    if (item !== undefined) {
      if (type === "created") this.created.set(item.text, (this.created.get(item.text) ?? 0) + 1);
      this.items.set(id, {
        text: item.text,
        seen: item.seenAt !== undefined,
        read: item.readAt !== undefined,
        archived: item.archivedAt !== undefined,
        action: item.action?.key,
      });
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
