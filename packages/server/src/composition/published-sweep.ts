import type { Clock, Timer } from "../ports/clock.ts";
import type { Topic } from "../ports/queue.ts";
import { allTopics } from "../ports/topic.ts";
import type { Leases } from "../ports/workers.ts";
import type { SettledLooks } from "../queue/broker/broker.ts";
import type { PublishedRows } from "../store/postgres/published.ts";

interface Parts {
  published: Pick<PublishedRows, "free">;
  /** Undefined where this process has no broker: what another one published before is found by its age. */
  watch: SettledLooks | undefined;
  leases: Leases;
  clock: Clock;
  /** How old a row must be. */
  afterMs: number;
  wake: (topic: Topic) => void;
  onFreed: (topic: Topic, rows: number) => void;
  onFault: (error: unknown) => void;
}

/** Sweeps within the time that a row must be old. */
const sweepsPerAge = 4;

/**
 * Finds rows whose ids a broker was given and has no longer: all that it was given before has been settled by now, and they
 * are open. They become free, and the next look takes them. Where the broker does not answer, age alone decides: that
 * one of them comes a second time is harmless, as the store's compare-and-sets let one win.
 */
export class PublishedSweep {
  readonly #parts: Parts;
  readonly #everyMs: number;
  #timer: Timer | undefined;
  #silentSince: number | undefined;
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#everyMs = Math.ceil(parts.afterMs / sweepsPerAge);
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.after(this.#everyMs, () => void this.sweep().finally(() => this.start()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#parts.watch?.close();
  }

  /** Once; for tests too. */
  async sweep(): Promise<void> {
    const { leases, watch, published, afterMs, wake, onFreed, onFault } = this.#parts;
    try {
      if (!(await leases.hold("published", this.#everyMs * 2))) {
        // Whether the broker is silent, another process sees meanwhile.
        this.#silentSince = undefined;
        return await watch?.close();
      }
      const settled = await this.#settled();
      // The look may have connected after that was closed.
      if (this.#stopped) return await watch?.close();
      for (const topic of allTopics) {
        const before = settled(topic) - afterMs;
        const freed = before > 0 && !this.#stopped ? await published.free(topic, before) : 0;
        if (freed === 0) continue;
        onFreed(topic, freed);
        wake(topic);
      }
    } catch (error) {
      onFault(error);
    }
  }

  /** Up to when all that was published has been settled. */
  async #settled(): Promise<(topic: Topic) => number> {
    const { watch, clock, afterMs } = this.#parts;
    const now = clock.now();
    if (watch === undefined) return () => now;
    try {
      const found = await watch.look(() => clock.now());
      this.#silentSince = undefined;
      return (topic) => found.get(topic) ?? 0;
    } catch {
      // Whoever publishes or consumes tells of it.
      this.#silentSince ??= now;
      return this.#silentSince + afterMs <= clock.now() ? () => now : () => 0;
    }
  }
}
