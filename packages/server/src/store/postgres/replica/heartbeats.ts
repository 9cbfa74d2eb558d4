import type { BeatListener } from "../worker-self.ts";

/**
 * The heartbeats that this process wrote of late, each by the two clocks: the database's, whose time stands in the row, and
 * this process's monotonic one, by which it was sent. A server that shows a heartbeat shows all that was committed before
 * that was sent, so that its age says how far the server is behind at most, and no two clocks need agree.
 *
 * A replica may show a heartbeat before this process was told that it is written: it is above all that are known.
 */
export class Heartbeats implements BeatListener {
  readonly #keptMs: number;
  readonly #sentAt = new Map<number, number>();
  /** The highest time that a row ever had, also where it is forgotten. */
  #highest = Number.NEGATIVE_INFINITY;
  /** When the first of those was sent that were not answered, where the latest one was not. */
  #unansweredSince: number | undefined;

  /** Older ones than `keptMs` are forgotten. */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  sends(sentAt: number): void {
    this.#unansweredSince ??= sentAt;
  }

  wrote(heartbeatAt: number, sentAt: number): void {
    this.#unansweredSince = undefined;
    this.#highest = Math.max(this.#highest, heartbeatAt);
    for (const [known, knownSentAt] of this.#sentAt) {
      if (sentAt - knownSentAt <= this.#keptMs) break;
      this.#sentAt.delete(known);
    }
    // The database's clock was set back: which of the two is seen nobody knows, and the older one promises less.
    if (!this.#sentAt.has(heartbeatAt)) this.#sentAt.set(heartbeatAt, sentAt);
  }

  /** Milliseconds; undefined where it is older than what is kept, or none of this process. */
  ageOf(heartbeatAt: number, now: number): number | undefined {
    const sentAt = this.#sentAt.get(heartbeatAt) ?? (heartbeatAt > this.#highest ? this.#unansweredSince : undefined);
    return sentAt === undefined ? undefined : Math.max(0, now - sentAt);
  }
}
