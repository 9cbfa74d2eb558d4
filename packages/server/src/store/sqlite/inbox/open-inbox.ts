import type { InboxCounts } from "@tidings/contract/inbox";
import type { InboxBounds, InboxHead, InboxKey } from "../../../ports/store/inbox.ts";
import { InboxState, type NumberedChange } from "../../sql/inbox-state.ts";
import { type ChangeKind, changeKindCode } from "../../sql/rows/inbox-change.ts";
import type { Database } from "../database.ts";
import { makeInbox } from "./inbox-row.ts";

/** An inbox's row in the hands of one call, which writes it back with `save`: once, however many changes it makes. */
export class OpenInbox {
  readonly #database: Database;
  readonly #state: InboxState;

  private constructor(database: Database, state: InboxState) {
    this.#database = database;
    this.#state = state;
  }

  static find(database: Database, key: InboxKey, bounds: InboxBounds): OpenInbox | undefined {
    const row = database.get(
      "select * from inbox where environment_id = ? and recipient = ?",
      key.environmentId,
      key.recipient,
    );
    return row === undefined ? undefined : new OpenInbox(database, new InboxState(key, bounds, row));
  }

  /** The inbox, made where there is none. */
  static openOrMake(database: Database, key: InboxKey, bounds: InboxBounds, now: number): OpenInbox {
    makeInbox(database, key, now);
    const inbox = OpenInbox.find(database, key, bounds);
    if (inbox === undefined) throw new Error("an insert left no row");
    return inbox;
  }

  get head(): InboxHead {
    return this.#state.head;
  }

  get key(): InboxKey {
    return this.#state.key;
  }

  /** Items above the bound. */
  get surplus(): number {
    return this.#state.surplus;
  }

  get forgotten(): number {
    return this.#state.forgotten;
  }

  /** The number that the next change will have. */
  get nextSequence(): number {
    return this.#state.nextSequence;
  }

  isDue(now: number): boolean {
    return this.#state.isDue(now);
  }

  /** Takes the next number for a change of an item, and what it does to the counts. */
  change(kind: ChangeKind, item: string, unseen: number, unread: number): void {
    this.#write(this.#state.change(kind, item, unseen, unread));
  }

  /** One item more. */
  added(expiresAt: number | null): void {
    this.#state.added(expiresAt);
  }

  /** One item less; `counts` are what it added to those of the inbox. */
  removed(id: string, counts: InboxCounts): void {
    this.#write(this.#state.removed(id, counts));
  }

  /** The next expiry was looked up anew. */
  expiresNext(at: number | null): void {
    this.#state.expiresNext(at);
  }

  #write({ sequence, kind, item, unseen, unread }: NumberedChange): void {
    const { environmentId, recipient } = this.#state.key;
    this.#database.run(
      "insert into inbox_change (environment_id, recipient, sequence, kind, item, unseen, unread) values (?, ?, ?, ?, ?, ?, ?)",
      environmentId,
      recipient,
      sequence,
      changeKindCode[kind],
      item,
      unseen,
      unread,
    );
  }

  /** Writes the row where something changed, and forgets changes above the bound. */
  save(): void {
    const state = this.#state;
    if (!state.changed) return;
    const { environmentId, recipient } = state.key;
    if (state.forget()) {
      this.#database.run(
        "delete from inbox_change where environment_id = ? and recipient = ? and sequence <= ?",
        environmentId,
        recipient,
        state.forgotten,
      );
    }
    const { sequence, unseen, unread } = state.head;
    this.#database.run(
      `update inbox set sequence = ?, forgotten = ?, unseen = ?, unread = ?, items = ?, next_expiry_at = ?
       where environment_id = ? and recipient = ?`,
      sequence,
      state.forgotten,
      unseen,
      unread,
      state.items,
      state.nextExpiryAt,
      environmentId,
      recipient,
    );
    state.saved();
  }
}
