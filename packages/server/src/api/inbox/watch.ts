import type { InboxKey, InboxRead } from "../../ports/store/inbox.ts";
import type { Frame, Subscriber } from "./subscriber.ts";

/** One inbox that somebody at this process watches. */
export class Watch {
  readonly key: InboxKey;
  readonly subscribers = new Set<Subscriber>();
  /** Up to where those that are live have been told; undefined before the first one is. */
  position: number | undefined;
  /** A hint came while nobody was live. */
  hinted = false;

  constructor({ environmentId, recipient }: InboxKey) {
    this.key = { environmentId, recipient };
  }

  /** From now on the subscriber is told with the others; it has all that they have. */
  goLive(subscriber: Subscriber): void {
    subscriber.state = "live";
    this.position ??= subscriber.position;
  }

  /** Tells all that are live what was read from `position` on. True where there is more to be read already. */
  publish(read: InboxRead, frames: readonly Frame[]): boolean {
    for (const subscriber of this.subscribers) {
      if (subscriber.state !== "live") continue;
      if (read === undefined || read.head.generation !== subscriber.token.generation) subscriber.close("token");
      else if (read.changes === null) subscriber.reset(read.head);
      else subscriber.tell(frames, read.head);
    }
    if (read === undefined || this.position === undefined) return false;
    this.position = read.changes === null ? read.head.sequence : (frames.at(-1)?.sequence ?? this.position);
    return this.position < read.head.sequence;
  }

  /** Whether what a poll found of the inbox has to be read. */
  isBehind(
    head: { sequence: number; generation: number; nextExpiryAt: number | null } | undefined,
    now: number,
  ): boolean {
    if (head === undefined || head.sequence !== this.position) return true;
    if (head.nextExpiryAt !== null && head.nextExpiryAt <= now) return true;
    return [...this.subscribers].some(({ token }) => token.generation !== head.generation);
  }
}
