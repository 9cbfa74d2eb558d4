import { promisify } from "node:util";
import { gunzip, inflateRaw } from "node:zlib";

const inflateZip = promisify(inflateRaw);
const inflateGzip = promisify(gunzip);

export type Unpacked = { status: "unpacked"; text: string } | { status: "refused"; reason: "malformed" | "too_large" };

const malformed = { status: "refused", reason: "malformed" } as const;
const tooLarge = { status: "refused", reason: "too_large" } as const;

/** The XML in a gzip (RFC 1952), in the first entry of a zip, or as it is; at most `bytesMax` of it, whatever it was packed into. */
export async function unpack(bytes: Uint8Array, bytesMax: number): Promise<Unpacked> {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (raw.length > bytesMax) return tooLarge;
    if (raw[0] === 0x1f && raw[1] === 0x8b) return textOf(await inflateGzip(raw, { maxOutputLength: bytesMax }));
    if (raw.readUInt32LE(0) === localHeader) return await unzip(raw, bytesMax);
    return textOf(raw);
  } catch (error) {
    return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
      ? tooLarge
      : malformed;
  }
}

/* Signatures and fields of a zip, as PKWARE's APPNOTE 4.3 has them; sizes are those of the central directory. */
const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;
const endBytesMax = 65_557;

async function unzip(raw: Buffer, bytesMax: number): Promise<Unpacked> {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(endOfDirectory);
  const end = raw.lastIndexOf(signature);
  if (end < 0 || raw.length - end > endBytesMax) return malformed;
  const directory = raw.readUInt32LE(end + 16);
  if (raw.readUInt32LE(directory) !== centralHeader) return malformed;
  const method = raw.readUInt16LE(directory + 10);
  const packedBytes = raw.readUInt32LE(directory + 20);
  const header = raw.readUInt32LE(directory + 42);
  if (raw.readUInt32LE(header) !== localHeader) return malformed;
  const from = header + 30 + raw.readUInt16LE(header + 26) + raw.readUInt16LE(header + 28);
  const packed = raw.subarray(from, from + packedBytes);
  if (packed.length !== packedBytes) return malformed;
  if (method === 0) return textOf(packed);
  return method === 8 ? textOf(await inflateZip(packed, { maxOutputLength: bytesMax })) : malformed;
}

const textOf = (bytes: Buffer): Unpacked => ({
  status: "unpacked",
  text: bytes.toString("utf8").replace(/^\ufeff/, ""),
});
