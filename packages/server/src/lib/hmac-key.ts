import { hash } from "node:crypto";

const algorithm = "sha256";
const blockLength = 64;
const digestLength = 32;

/**
 * A key of HMAC-SHA256 (RFC 2104), set up once: two hashes in one call each, into buffers that are there, take 2.5 µs where an `Hmac` of
 * `node:crypto` takes 4 to 5, most of which is the object.
 */
export class HmacKey {
  /** The inner block, and room for a text behind it. */
  #inner: Buffer;
  readonly #outer = Buffer.alloc(blockLength + digestLength);

  /** `key` is at most 64 bytes. */
  constructor(key: Buffer) {
    if (key.length > blockLength) throw new RangeError("a key of HMAC is at most a block long");
    this.#inner = Buffer.alloc(1024);
    for (let at = 0; at < blockLength; at += 1) {
      const byte = key[at] ?? 0;
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** 32 bytes. */
  bytes(text: string): Buffer {
    return Buffer.from(this.#digest(text, "binary"), "binary");
  }

  /** 64 hex digits. */
  hex(text: string): string {
    return this.#digest(text, "hex");
  }

  #digest(text: string, encoding: "hex" | "binary"): string {
    const most = blockLength + text.length * 3;
    if (most > this.#inner.length) {
      const wider = Buffer.alloc(most * 2);
      this.#inner.copy(wider, 0, 0, blockLength);
      this.#inner = wider;
    }
    const length = this.#inner.write(text, blockLength, "utf8");
    const inner = hash(algorithm, this.#inner.subarray(0, blockLength + length), "binary");
    this.#outer.write(inner, blockLength, digestLength, "binary");
    return hash(algorithm, this.#outer, encoding);
  }
}
