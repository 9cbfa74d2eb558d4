import type { Broadcast, Hint } from "../ports/broadcast.ts";

/**
 * Hints inside one process. Receivers run after the caller, never inside its call; hints of one kind that are published
 * before they run are one, subject by subject. `onFault` is told what a receiver threw; the others are still called.
 */
export class InProcessBroadcast implements Broadcast {
  readonly #onFault: (error: unknown) => void;
  readonly #receivers = new Map<Hint, Set<(subject: string) => void>>();
  readonly #pending = new Map<Hint, Set<string>>();

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  publish(hint: Hint, subject = ""): void {
    const pending = this.#pending.get(hint);
    if (pending !== undefined) {
      pending.add(subject);
      return;
    }
    if (!this.#receivers.has(hint)) return;
    this.#pending.set(hint, new Set([subject]));
    queueMicrotask(() => this.#deliver(hint));
  }

  subscribe(hint: Hint, receive: (subject: string) => void): () => void {
    // Its own function, so that one that subscribes twice has two subscriptions.
    const receiver = (subject: string): void => receive(subject);
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
    const subjects = this.#pending.get(hint) ?? [];
    this.#pending.delete(hint);
    for (const subject of subjects) {
      for (const receive of this.#receivers.get(hint) ?? []) {
        try {
          receive(subject);
        } catch (error) {
          this.#onFault(error);
        }
      }
    }
  }
}
