import type { InboxCounts } from "@tidings/contract/inbox";
import type { InboxBounds, InboxHead, InboxKey } from "../../../ports/store/inbox.ts";
import type { Database } from "../database.ts";
import { integer, integerOrNull } from "../rows.ts";
import { makeInbox } from "./inbox-row.ts";

export const changeKindCode = { created: 0, updated: 1, removed: 2 } as const;

/** An inbox's row in the hands of one call, which writes it back with `save`: once, however many changes it makes. */
export class OpenInbox {
  readonly #database: Database;
  readonly #key: InboxKey;
  readonly #bounds: InboxBounds;
  #sequence: number;
  #forgotten: number;
  #unseen: number;
  #unread: number;
  #items: number;
  #generation: number;
  #nextExpiryAt: number | null;
  #changed = false;

  private constructor(database: Database, key: InboxKey, bounds: InboxBounds, row: Record<string, unknown>) {
    this.#database = database;
    this.#key = key;
    this.#bounds = bounds;
    this.#sequence = integer(row, "sequence");
    this.#forgotten = integer(row, "forgotten");
    this.#unseen = integer(row, "unseen");
    this.#unread = integer(row, "unread");
    this.#items = integer(row, "items");
    this.#generation = integer(row, "generation");
    this.#nextExpiryAt = integerOrNull(row, "next_expiry_at");
  }

  static find(database: Database, key: InboxKey, bounds: InboxBounds): OpenInbox | undefined {
    const row = database.get(
      "select * from inbox where environment_id = ? and recipient = ?",
      key.environmentId,
      key.recipient,
    );
    return row === undefined ? undefined : new OpenInbox(database, key, bounds, row);
  }

  /** The inbox, made where there is none. */
  static openOrMake(database: Database, key: InboxKey, bounds: InboxBounds, now: number): OpenInbox {
    makeInbox(database, key, now);
    const inbox = OpenInbox.find(database, key, bounds);
    if (inbox === undefined) throw new Error("an insert left no row");
    return inbox;
  }

  get head(): InboxHead {
    return {
      sequence: this.#sequence,
      generation: this.#generation,
      unseen: this.#unseen,
      unread: this.#unread,
    };
  }

  get key(): InboxKey {
    return this.#key;
  }

  /** Items above the bound. */
  get surplus(): number {
    return this.#items - this.#bounds.itemsMax;
  }

  get nextExpiryAt(): number | null {
    return this.#nextExpiryAt;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  /** The number that the next change will have. */
  get nextSequence(): number {
    return this.#sequence + 1;
  }

  /** Takes the next number for a change of an item, and what it does to the counts. */
  change(kind: keyof typeof changeKindCode, item: string, unseen: number, unread: number): void {
    this.#sequence += 1;
    this.#unseen += unseen;
    this.#unread += unread;
    this.#changed = true;
    this.#database.run(
      "insert into inbox_change (environment_id, recipient, sequence, kind, item, unseen, unread) values (?, ?, ?, ?, ?, ?, ?)",
      this.#key.environmentId,
      this.#key.recipient,
      this.#sequence,
      changeKindCode[kind],
      item,
      this.#unseen,
      this.#unread,
    );
  }

  /** One item more. */
  added(expiresAt: number | null): void {
    this.#items += 1;
    if (expiresAt !== null && (this.#nextExpiryAt === null || expiresAt < this.#nextExpiryAt))
      this.#nextExpiryAt = expiresAt;
  }

  /** One item less; `counts` are what it added to those of the inbox. */
  removed(id: string, counts: InboxCounts): void {
    this.#items -= 1;
    this.change("removed", id, -counts.unseen, -counts.unread);
  }

  /** The next expiry was looked up anew. */
  expiresNext(at: number | null): void {
    this.#nextExpiryAt = at;
    this.#changed = true;
  }

  /** Writes the row where something changed, and forgets changes above the bound. */
  save(): void {
    if (!this.#changed) return;
    const { environmentId, recipient } = this.#key;
    const forgotten = this.#sequence - this.#bounds.changesMax;
    if (forgotten > this.#forgotten) {
      this.#forgotten = forgotten;
      this.#database.run(
        "delete from inbox_change where environment_id = ? and recipient = ? and sequence <= ?",
        environmentId,
        recipient,
        forgotten,
      );
    }
    this.#database.run(
      `update inbox set sequence = ?, forgotten = ?, unseen = ?, unread = ?, items = ?, next_expiry_at = ?
       where environment_id = ? and recipient = ?`,
      this.#sequence,
      this.#forgotten,
      this.#unseen,
      this.#unread,
      this.#items,
      this.#nextExpiryAt,
      environmentId,
      recipient,
    );
    this.#changed = false;
  }
}
