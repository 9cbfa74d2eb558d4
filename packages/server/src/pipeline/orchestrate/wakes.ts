import type { Timer } from "../../ports/clock.ts";
import { type QueueItem, queueItem } from "../../ports/queue.ts";
import type { EventTurn, TurnWritten } from "../../ports/store/orchestrate.ts";
import type { WokenRun } from "../../ports/store/waits.ts";
import type { OrchestrateDependencies } from "./ports.ts";

type Services = Pick<OrchestrateDependencies, "queue" | "store" | "clock" | "limits" | "onFault">;

/** Hands on the runs that an event's turn has made due, and those of its own that found what they wait for. */
export function publishWoken(
  { queue }: Pick<OrchestrateDependencies, "queue">,
  { lane }: Pick<EventTurn, "lane">,
  { woken = [], found = [] }: Pick<TurnWritten, "woken" | "found">,
): void {
  publish(queue, [...woken, ...found.map((id) => ({ id, lane }))]);
}

function publish(queue: Services["queue"], runs: readonly WokenRun[]): void {
  const byLane = new Map<WokenRun["lane"], QueueItem[]>();
  for (const { id, lane } of runs) byLane.set(lane, [...(byLane.get(lane) ?? []), queueItem(id, null)]);
  for (const [lane, items] of byLane) queue.publish(`runs.${lane}`, items);
}

/**
 * Wakes the runs for which an arrival had no room in its own transaction, a bounded number in each: a key for which a whole topic
 * waits wakes nobody's store for long. The store remembers what is left, so that a look finds it after a crash.
 *
 *   idle ── soon(), or a look now and then ──▶ waking ── none is left ──▶ idle
 */
export class Wakes {
  readonly #on: Services;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(on: Services) {
    this.#on = on;
  }

  start(): void {
    this.#arm();
  }

  /** More are to be woken. */
  soon(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#wakeAll().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when none is being woken. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#on.clock.after(this.#on.limits.waits.pollMs, () => {
      this.soon();
      this.#arm();
    });
  }

  async #wakeAll(): Promise<void> {
    const { store, clock, limits, queue, onFault } = this.#on;
    try {
      let isLeft = true;
      while (isLeft && !this.#stopped) {
        const result = await store.wakeRuns({ now: clock.now(), limit: limits.waits.wakesPerCallMax });
        publish(queue, result.woken);
        isLeft = result.isLeft;
      }
    } catch (error) {
      onFault("wakes", "", error);
    }
  }
}
