import type { InboxChange, InboxCounts, InboxStand } from "@tidings/contract/inbox";

/** How far the changes of an inbox are known, and the newest counts. */
export class InboxProgress {
  /** Sequence of the last change; undefined before anything is known. */
  position: number | undefined;
  #stand: InboxStand | undefined;

  get counts(): InboxCounts | undefined {
    return this.#stand === undefined ? undefined : { unseen: this.#stand.unseen, unread: this.#stand.unread };
  }

  /** Whether the change is new: each is told once and in order, whatever the connection went through. */
  take({ type, sequence }: InboxChange): boolean {
    if (type === "heartbeat") return false;
    if (type === "reset") this.#stand = undefined;
    else if (this.position !== undefined && sequence <= this.position) return false;
    this.position = sequence;
    return true;
  }

  /** The counts where they are others; those of an answer may be older than those of a change that overtook it. */
  learn(stand: InboxStand): InboxCounts | undefined {
    const known = this.#stand;
    if (known !== undefined && stand.sequence <= known.sequence) return undefined;
    this.#stand = stand;
    return known?.unseen === stand.unseen && known.unread === stand.unread ? undefined : this.counts;
  }
}
