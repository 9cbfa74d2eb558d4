import type { InboxCounts } from "@tidings/contract/inbox";
import { countsOf, type InboxMarks, newMarks } from "../../../domain/inbox.ts";
import type { InboxBounds, InboxHead, InboxKey, NewInboxItem } from "../../../ports/store/inbox.ts";
import type { SqlRow } from "../../sql/columns.ts";
import { InboxState, type NumberedChange } from "../../sql/inbox-state.ts";

/** Inboxes are locked in the order of their names. */
export const nameOf = ({ environmentId, recipient }: InboxKey): string => `${environmentId}:${recipient}`;

/** An inbox whose row this call has locked, and what it makes of it: written by `saveInboxes`, once. */
export class OpenInbox {
  readonly state: InboxState;
  readonly changes: NumberedChange[] = [];
  readonly added = new Map<string, NewInboxItem & { sequence: number }>();
  readonly marked = new Map<string, InboxMarks>();
  readonly removed: string[] = [];

  constructor(key: InboxKey, bounds: InboxBounds, row: SqlRow) {
    this.state = new InboxState(key, bounds, row);
  }

  get key(): InboxKey {
    return this.state.key;
  }

  get head(): InboxHead {
    return this.state.head;
  }

  /** A new item comes in. */
  add(item: NewInboxItem): void {
    this.added.set(item.id, { ...item, sequence: this.state.nextSequence });
    const { unseen, unread } = countsOf(newMarks);
    this.state.added(item.expiresAt);
    this.changes.push(this.state.change("created", item.id, unseen, unread));
  }

  /** Something happened to an item. */
  mark(id: string, before: InboxMarks, after: InboxMarks): void {
    this.marked.set(id, after);
    const [had, has] = [countsOf(before), countsOf(after)];
    this.changes.push(this.state.change("updated", id, has.unseen - had.unseen, has.unread - had.unread));
  }

  /** An item leaves; one that came with this call was never written. */
  remove(id: string, counts: InboxCounts): void {
    if (!this.added.delete(id)) this.removed.push(id);
    this.changes.push(this.state.removed(id, counts));
  }
}
