import type { Broadcast, Hint } from "../ports/broadcast.ts";

/**
 * Hints inside one process. Receivers run after the caller, never inside its call; hints of one kind that are published
 * before they run are one. `onFault` is told what a receiver threw; the others are still called.
 */
export class InProcessBroadcast implements Broadcast {
  readonly #onFault: (error: unknown) => void;
  readonly #receivers = new Map<Hint, Set<() => void>>();
  readonly #pending = new Set<Hint>();

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  publish(hint: Hint): void {
    if (this.#pending.has(hint) || !this.#receivers.has(hint)) return;
    this.#pending.add(hint);
    queueMicrotask(() => this.#deliver(hint));
  }

  subscribe(hint: Hint, receive: () => void): () => void {
    // Its own function, so that one that subscribes twice has two subscriptions.
    const receiver = (): void => receive();
    const receivers = this.#receivers.get(hint) ?? new Set();
    this.#receivers.set(hint, receivers.add(receiver));
    return () => {
      receivers.delete(receiver);
    };
  }

  close(): Promise<void> {
    this.#receivers.clear();
    return Promise.resolve();
  }

  #deliver(hint: Hint): void {
    // First, so that a hint published by a receiver is delivered anew.
    this.#pending.delete(hint);
    for (const receive of this.#receivers.get(hint) ?? []) {
      try {
        receive();
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
