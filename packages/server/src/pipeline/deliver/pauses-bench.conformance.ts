import { noPauses, type Pause, Pauses } from "../../domain/pause.ts";
import type { PausesInForce } from "../../ports/pauses.ts";

/** What is paused, as a test says. */
export class PausesBench implements PausesInForce {
  readonly #listeners = new Set<(environmentId: number) => void>();
  #pauses = noPauses;
  next: number | undefined;

  pauses(environmentId: number): Pauses {
    return environmentId === 1 ? this.#pauses : noPauses;
  }

  nextRelease(): number | undefined {
    return this.next;
  }

  onPauses(listener: (environmentId: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(pauses: readonly Pause[]): void {
    this.#pauses = new Pauses(pauses);
    for (const listener of this.#listeners) listener(1);
  }
}
