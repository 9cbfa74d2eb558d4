import type { InboxCounts } from "@tidings/contract/inbox";
import type { InboxBounds, InboxHead, InboxKey } from "../../ports/store/inbox.ts";
import { integer, integerOrNull, type SqlRow } from "./columns.ts";
import type { ChangeKind } from "./rows/inbox-change.ts";

/** A change with its number and the counts after it. */
export interface NumberedChange extends InboxCounts {
  sequence: number;
  kind: ChangeKind;
  item: string;
}

/** What an inbox's row says, and how changes move it. */
export class InboxState {
  readonly key: InboxKey;
  readonly #bounds: InboxBounds;
  #sequence: number;
  #forgotten: number;
  #unseen: number;
  #unread: number;
  #items: number;
  readonly #generation: number;
  #nextExpiryAt: number | null;
  #changed = false;

  constructor(key: InboxKey, bounds: InboxBounds, row: SqlRow) {
    this.key = key;
    this.#bounds = bounds;
    this.#sequence = integer(row, "sequence");
    this.#forgotten = integer(row, "forgotten");
    this.#unseen = integer(row, "unseen");
    this.#unread = integer(row, "unread");
    this.#items = integer(row, "items");
    this.#generation = integer(row, "generation");
    this.#nextExpiryAt = integerOrNull(row, "next_expiry_at");
  }

  get head(): InboxHead {
    return {
      sequence: this.#sequence,
      generation: this.#generation,
      unseen: this.#unseen,
      unread: this.#unread,
    };
  }

  get items(): number {
    return this.#items;
  }

  /** Items above the bound. */
  get surplus(): number {
    return this.#items - this.#bounds.itemsMax;
  }

  get nextExpiryAt(): number | null {
    return this.#nextExpiryAt;
  }

  /** Changes up to this one are not kept. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Whether the row is to be written. */
  get changed(): boolean {
    return this.#changed;
  }

  /** The number that the next change will have. */
  get nextSequence(): number {
    return this.#sequence + 1;
  }

  isDue(now: number): boolean {
    return this.#nextExpiryAt !== null && this.#nextExpiryAt <= now;
  }

  /** Takes the next number for a change of an item, and what it does to the counts. */
  change(kind: ChangeKind, item: string, unseen: number, unread: number): NumberedChange {
    this.#sequence += 1;
    this.#unseen += unseen;
    this.#unread += unread;
    this.#changed = true;
    return { sequence: this.#sequence, kind, item, unseen: this.#unseen, unread: this.#unread };
  }

  /** One item more. */
  added(expiresAt: number | null): void {
    this.#items += 1;
    if (expiresAt !== null && (this.#nextExpiryAt === null || expiresAt < this.#nextExpiryAt))
      this.#nextExpiryAt = expiresAt;
  }

  /** One item less; `counts` are what it added to those of the inbox. */
  removed(item: string, counts: InboxCounts): NumberedChange {
    this.#items -= 1;
    return this.change("removed", item, -counts.unseen, -counts.unread);
  }

  /** The next expiry was looked up anew. */
  expiresNext(at: number | null): void {
    this.#nextExpiryAt = at;
    this.#changed = true;
  }

  /** Forgets changes above the bound; true where there are some that were kept before. */
  forget(): boolean {
    const forgotten = this.#sequence - this.#bounds.changesMax;
    if (forgotten <= this.#forgotten) return false;
    this.#forgotten = forgotten;
    return true;
  }

  /** The row is written. */
  saved(): void {
    this.#changed = false;
  }
}
