import { promisify } from "node:util";
import zlib from "node:zlib";
import kafkajs from "kafkajs";
import { unpackLz4 } from "./lz4.ts";
import { unpackSnappy } from "./snappy.ts";
import { unpackedBytesMax } from "./unpacked.ts";

const gunzip = promisify(zlib.gunzip);
const bound = { maxOutputLength: unpackedBytesMax };

/**
 * How records of others are packed. The client knows gzip alone, and unpacks that without a bound; what it is given here unpacks
 * only, as we pack nothing. zstd is unpacked where Node can do so (22.15 and newer).
 */
export function knowCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const unpacking = (unpack: (packed: Buffer) => Buffer | Promise<Buffer>) => () => ({
    compress: async () => {
      throw new Error("records are only unpacked here");
    },
    decompress: async (packed: Buffer) => unpack(packed),
  });
  CompressionCodecs[CompressionTypes.GZIP] = unpacking((packed) => gunzip(packed, bound));
  CompressionCodecs[CompressionTypes.Snappy] = unpacking(unpackSnappy);
  CompressionCodecs[CompressionTypes.LZ4] = unpacking(unpackLz4);
  CompressionCodecs[CompressionTypes.ZSTD] = unpacking(unpackZstd);
}

function unpackZstd(packed: Buffer): Buffer {
  const unpack: unknown = Reflect.get(zlib, "zstdDecompressSync");
  if (typeof unpack !== "function") throw new Error("records are packed with zstd, which Node unpacks from 22.15 on");
  const unpacked: unknown = unpack(packed, bound);
  if (!Buffer.isBuffer(unpacked)) throw new TypeError("zstd gave no bytes");
  return unpacked;
}
