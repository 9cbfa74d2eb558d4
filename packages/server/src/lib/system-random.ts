import { randomBytes, randomFillSync } from "node:crypto";

const poolLength = 8192;

/** The machine's cryptographic randomness; small requests are served from a pool that is used once. */
export class SystemRandom {
  #pool = Buffer.alloc(0);
  #used = 0;

  number(): number {
    return this.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  bytes(length: number): Buffer {
    if (length > 256) return randomBytes(length);
    if (this.#used + length > this.#pool.length) {
      this.#pool = randomFillSync(Buffer.allocUnsafeSlow(poolLength));
      this.#used = 0;
    }
    const bytes = this.#pool.subarray(this.#used, this.#used + length);
    this.#used += length;
    return bytes;
  }
}
