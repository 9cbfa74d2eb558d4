import { Unpacked } from "./unpacked.ts";

/** Stands in front of what the client for Java writes: a version and the oldest that reads it follow, then blocks with their lengths. */
const framed = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const framedHeaderBytes = 16;

/** Snappy as producers of Kafka write it: blocks in a frame, or one block alone. Throws for what is neither. */
export function unpackSnappy(packed: Buffer): Buffer {
  const out = new Unpacked(4 * packed.length);
  if (!packed.subarray(0, framed.length).equals(framed)) {
    unpackBlock(packed, out);
    return out.bytes;
  }
  for (let at = framedHeaderBytes; at < packed.length; ) {
    const length = packed.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > packed.length) throw new RangeError("packed records end in the middle");
    unpackBlock(packed.subarray(at, at + length), out);
    at += length;
  }
  return out.bytes;
}

/** github.com/google/snappy/blob/main/format_description.txt */
function unpackBlock(block: Buffer, out: Unpacked): void {
  let at = 0;
  // The length of what it becomes, seven bits a byte: it is seen at its end.
  while ((block.readUInt8(at) & 0x80) !== 0) at += 1;
  at += 1;
  while (at < block.length) {
    const tag = block.readUInt8(at);
    at += 1;
    switch (tag & 3) {
      case 0: {
        // Lengths above 60 stand in the bytes that follow.
        const further = Math.max(0, (tag >> 2) - 59);
        const length = 1 + (further === 0 ? tag >> 2 : block.readUIntLE(at, further));
        at += further;
        out.append(block, at, length);
        at += length;
        break;
      }
      case 1:
        out.repeat(((tag >> 5) << 8) | block.readUInt8(at), 4 + ((tag >> 2) & 7));
        at += 1;
        break;
      case 2:
        out.repeat(block.readUInt16LE(at), 1 + (tag >> 2));
        at += 2;
        break;
      default:
        out.repeat(block.readUInt32LE(at), 1 + (tag >> 2));
        at += 4;
    }
  }
}
