import { Unpacked } from "./unpacked.ts";

const magic = 0x184d2204;
const shortest = 4;

/**
 * A frame of LZ4 (github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Its checksums are not looked at: Kafka has one of its own
 * around the whole. Throws for what is none.
 */
export function unpackLz4(packed: Buffer): Buffer {
  if (packed.readUInt32LE(0) !== magic) throw new RangeError("packed records are no frame of LZ4");
  const flags = packed.readUInt8(4);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  // flags, block size, content size, dictionary, and a byte of checksum
  let at = 4 + 2 + (has(0x08) ? 8 : 0) + (has(0x01) ? 4 : 0) + 1;
  const out = new Unpacked(4 * packed.length);
  for (;;) {
    const size = packed.readUInt32LE(at);
    at += 4;
    if (size === 0) return out.bytes;
    const length = size & 0x7fffffff;
    if (at + length > packed.length) throw new RangeError("packed records end in the middle");
    if (size > 0x7fffffff) out.append(packed, at, length);
    else unpackBlock(packed.subarray(at, at + length), out);
    at += length + (has(0x10) ? 4 : 0);
  }
}

/** github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function unpackBlock(block: Buffer, out: Unpacked): void {
  let at = 0;
  /** A length of 15 goes on in the bytes that follow, up to one that is not full. */
  const whole = (begun: number): number => {
    let length = begun;
    for (let byte = begun === 15 ? 255 : 0; byte === 255; length += byte) {
      byte = block.readUInt8(at);
      at += 1;
    }
    return length;
  };
  while (at < block.length) {
    const token = block.readUInt8(at);
    at += 1;
    const literals = whole(token >> 4);
    out.append(block, at, literals);
    at += literals;
    // The last sequence of a block has nothing to repeat.
    if (at >= block.length) return;
    const distance = block.readUInt16LE(at);
    at += 2;
    out.repeat(distance, shortest + whole(token & 15));
  }
}
