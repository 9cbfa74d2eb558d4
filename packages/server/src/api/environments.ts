import { TidingsError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { EnvironmentRow, KeyStore } from "../ports/store/keys.ts";

/** The store is asked again for an environment that is not known, at most this often. */
const askAgainMs = 1000;

/** Environments by key and by id. They are few, and none is ever changed or removed. */
export class Environments {
  readonly #store: Pick<KeyStore, "listEnvironments">;
  readonly #clock: Clock;
  #asked: Promise<EnvironmentRow[]> = Promise.resolve([]);
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(store: Pick<KeyStore, "listEnvironments">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async idOf(key: string): Promise<number> {
    return (await this.#find((row) => row.key === key)).id;
  }

  async keyOf(id: number): Promise<string> {
    return (await this.#find((row) => row.id === id)).key;
  }

  /** Throws `not_found`. */
  async #find(fits: (row: EnvironmentRow) => boolean): Promise<EnvironmentRow> {
    const known = (await this.#asked).find(fits);
    if (known !== undefined) return known;
    const now = this.#clock.monotonic();
    if (now - this.#askedAt >= askAgainMs) {
      this.#askedAt = now;
      // A promise, so that who comes meanwhile awaits the same answer. A failed question leaves nothing behind.
      this.#asked = this.#store.listEnvironments({});
      this.#asked.catch(() => {
        this.#asked = Promise.resolve([]);
        this.#askedAt = Number.NEGATIVE_INFINITY;
      });
    }
    const found = (await this.#asked).find(fits);
    if (found === undefined) throw new TidingsError("not_found");
    return found;
  }
}
