import type { Random } from "../../ports/random.ts";

const pooledBytes = 4096;
const zero = /^0+$/;

/** Random ids in hex, out of a pool: one call for randomness per id costs more than all else of a span. */
export class SpanIds {
  readonly #random: Pick<Random, "bytes">;
  #pool = "";
  #at = 0;

  constructor(random: Pick<Random, "bytes">) {
    this.#random = random;
  }

  trace(): string {
    return this.#take(32);
  }

  span(): string {
    return this.#take(16);
  }

  #take(digits: number): string {
    for (;;) {
      if (this.#at + digits > this.#pool.length) {
        this.#pool = this.#random.bytes(pooledBytes).toString("hex");
        this.#at = 0;
      }
      const id = this.#pool.slice(this.#at, this.#at + digits);
      this.#at += digits;
      // All zeros is no id.
      if (id.charCodeAt(0) !== 0x30 || !zero.test(id)) return id;
    }
  }
}
