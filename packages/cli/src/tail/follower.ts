import type { MessageView } from "@tidings/contract/messages";
import type { MessageState } from "@tidings/contract/words";
import { endStates } from "../message-lines.ts";
import { type FollowerLimits, followerLimits } from "./follower-limits.ts";

/*
 * Follows the messages of an environment by looking at the newest ones again and again, for the log has no other end to
 * listen at. What is known of a message is its state and its attempts; a difference is a change.
 *
 * Invariants: at most `knownMax` messages are known and at most `openMax` of them are asked for one by one; a message
 * whose id is not above the `floor` and that is not known was there before and is not new. Ids begin with the time at
 * which their step was due, so a look ends at the first page that held nothing unknown.
 */

export interface Change {
  message: MessageView;
  /** Undefined for a message that is new. */
  from: MessageState | undefined;
}

/** The part of the API that is looked at. */
export interface MessageLog {
  page(query: {
    limit: number;
    cursor?: string | undefined;
  }): Promise<{ items: MessageView[]; nextCursor?: string | undefined }>;
  /** Undefined where it is gone. */
  message(id: string): Promise<MessageView | undefined>;
}

interface Known {
  state: MessageState;
  attempts: number;
}

export class Follower {
  readonly #log: MessageLog;
  readonly #limits: FollowerLimits;
  /** In order of their becoming known. */
  readonly #known = new Map<string, Known>();
  /** Known, not ended. */
  readonly #open = new Set<string>();
  #floor = "";
  #hasBegun = false;
  /** True once a look could not go back to what is known: messages in between were not seen. */
  missed = false;

  constructor(log: MessageLog, limits: FollowerLimits = followerLimits) {
    this.#log = log;
    this.#limits = limits;
  }

  get size(): number {
    return this.#known.size;
  }

  /** The newest messages that are there already, oldest first. From here on everything else is new. */
  async begin(): Promise<MessageView[]> {
    const { items, nextCursor } = await this.#log.page({ limit: this.#limits.pageMax });
    for (const message of items) this.#note(message);
    this.#floor = nextCursor === undefined ? "" : (items.at(-1)?.id ?? "");
    this.#hasBegun = true;
    return items.reverse();
  }

  /** What has changed since the last look, oldest first. */
  async look(): Promise<Change[]> {
    if (!this.#hasBegun) throw new Error("begin() comes first");
    this.missed = false;
    const changes: Change[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 1; ; page += 1) {
      const { items, nextCursor } = await this.#log.page({ limit: this.#limits.pageMax, cursor });
      let unknown = 0;
      for (const message of items) {
        seen.add(message.id);
        if (!this.#known.has(message.id) && message.id > this.#floor) unknown += 1;
        this.#compare(message, changes);
      }
      cursor = nextCursor;
      // A page may be empty before the end of the list.
      if (cursor === undefined || (items.length > 0 && unknown === 0)) break;
      if (page >= this.#limits.pagesMax) {
        this.missed = unknown > 0;
        break;
      }
    }
    await this.#askForOpen(seen, changes);
    this.#forget();
    return changes.sort((a, b) => (a.message.id < b.message.id ? -1 : 1));
  }

  #compare(message: MessageView, changes: Change[]): void {
    const before = this.#known.get(message.id);
    if (before === undefined) {
      if (message.id <= this.#floor) return;
      this.#note(message);
      changes.push({ message, from: undefined });
    } else if (before.state !== message.state || before.attempts !== message.attempts.length) {
      this.#note(message);
      changes.push({ message, from: before.state });
    }
  }

  #note({ id, state, attempts }: MessageView): void {
    this.#known.set(id, { state, attempts: attempts.length });
    if (endStates.has(state)) this.#open.delete(id);
    else this.#open.add(id);
  }

  /** Those that were asked for go to the end of the queue. */
  async #askForOpen(seen: ReadonlySet<string>, changes: Change[]): Promise<void> {
    const asked = [...this.#open].filter((id) => !seen.has(id)).slice(0, this.#limits.askedMax);
    for (const id of asked) {
      const message = await this.#log.message(id);
      this.#open.delete(id);
      if (message === undefined) continue;
      if (!endStates.has(message.state)) this.#open.add(id);
      this.#compare(message, changes);
    }
  }

  #forget(): void {
    for (const id of this.#open) {
      if (this.#open.size <= this.#limits.openMax) break;
      this.#open.delete(id);
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= this.#limits.knownMax) break;
      this.#known.delete(id);
      this.#open.delete(id);
      if (id > this.#floor) this.#floor = id;
    }
  }
}
