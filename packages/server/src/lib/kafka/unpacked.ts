/** What a batch of records may become when it is unpacked. */
export const unpackedBytesMax = 256 * 1024 * 1024;

/** Grows as what is unpacked comes, up to a bound; copies out of what came before, as these formats do. */
export class Unpacked {
  #bytes: Buffer;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, Math.min(expected, unpackedBytesMax)));
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Throws where `from` does not hold so much. */
  append(from: Buffer, start: number, length: number): void {
    if (length < 0 || start + length > from.length) throw new RangeError("packed records end in the middle");
    this.#grow(length);
    from.copy(this.#bytes, this.#length, start, start + length);
    this.#length += length;
  }

  /** The `length` bytes that begin `distance` before the end; they may run into themselves. */
  repeat(distance: number, length: number): void {
    if (distance < 1 || distance > this.#length) throw new RangeError("packed records point to before their beginning");
    this.#grow(length);
    const bytes = this.#bytes;
    let to = this.#length;
    for (const end = to + length; to < end; to += 1) bytes[to] = bytes[to - distance] ?? 0;
    this.#length = to;
  }

  #grow(by: number): void {
    const needed = this.#length + by;
    if (needed > unpackedBytesMax) throw new RangeError("packed records become too long");
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(unpackedBytesMax, Math.max(needed, 2 * this.#bytes.length)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
