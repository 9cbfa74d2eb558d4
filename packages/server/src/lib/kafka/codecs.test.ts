import { gzipSync } from "node:zlib";
import kafkajs from "kafkajs";
import { describe, expect, it } from "vitest";
import { knowCodecs } from "./codecs.ts";
import { unpackLz4 } from "./lz4.ts";
import { unpackSnappy } from "./snappy.ts";
import { unpackedBytesMax } from "./unpacked.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
/** Literals "abcd", then eight bytes that begin four back, which run into themselves. */
const repeating = "abcdabcdabcd";

describe("snappy", () => {
  const block = "0c 0c 61626364 11 04";
  it("unpacks a block alone, and blocks in the frame of the client for Java", () => {
    expect(unpackSnappy(hex(block)).toString()).toBe(repeating);
    const frame = `82534e4150505900 00000001 00000001 00000008 ${block} 00000008 ${block}`;
    expect(unpackSnappy(hex(frame)).toString()).toBe(repeating + repeating);
  });

  it("unpacks literals whose length stands in bytes of its own, and copies of each kind", () => {
    const long = "y".repeat(300);
    const literal = Buffer.concat([hex("ac02 f4 2b01"), Buffer.from(long)]);
    expect(unpackSnappy(literal).toString()).toBe(long);
    expect(unpackSnappy(hex("08 0c 61626364 0e 0400")).toString()).toBe("abcdabcd");
    expect(unpackSnappy(hex("08 0c 61626364 0f 04000000")).toString()).toBe("abcdabcd");
  });

  it.each(["0c 0c 6162", "0c 0c 61626364 11 05", "", "ff", `82534e4150505900 00000001 00000001 000000ff 0c`])(
    "refuses %s",
    (packed) => {
      expect(() => unpackSnappy(hex(packed))).toThrow(RangeError);
    },
  );
});

describe("LZ4", () => {
  it("unpacks blocks, packed or as they are, with and without checksums and sizes", () => {
    const blocks = "07000000 44 61626364 0400 04000080 65666768 00000000";
    expect(unpackLz4(hex(`04224d18 60 40 82 ${blocks}`)).toString()).toBe(`${repeating}efgh`);
    const checked = "07000000 44 61626364 0400 ffffffff 00000000 ffffffff";
    expect(unpackLz4(hex(`04224d18 7c 40 0c00000000000000 00 ${checked}`)).toString()).toBe(repeating);
  });

  it("reaches back into the block before, and takes lengths that go on", () => {
    const first = "05000080 6162636465 ";
    // No literals, distance 5, and 4 + 15 + 255 + 1 bytes.
    const second = "05000000 0f 0500 ff01 00000000";
    expect(unpackLz4(hex(`04224d18 40 40 00 ${first}${second}`)).toString()).toBe("abcde".repeat(56));
  });

  it.each(["00000000", "04224d18 60 40 82 ff000000 00", "04224d18 60 40 82 03000000 00 0100", "04224d18 60 40 82"])(
    "refuses %s",
    (packed) => {
      expect(() => unpackLz4(hex(packed))).toThrow(RangeError);
    },
  );
});

describe("gzip", () => {
  it("is unpacked up to the bound, and refused above it", async () => {
    knowCodecs();
    const { CompressionCodecs, CompressionTypes } = kafkajs;
    const gzip: { decompress(packed: Buffer): Promise<Buffer> } = CompressionCodecs[CompressionTypes.GZIP]();
    expect(await gzip.decompress(gzipSync("abcd"))).toEqual(Buffer.from("abcd"));
    const mebibyte = gzipSync(Buffer.alloc(2 ** 20));
    const bomb = Buffer.concat(Array.from({ length: unpackedBytesMax / 2 ** 20 + 1 }, () => mebibyte));
    await expect(gzip.decompress(bomb)).rejects.toMatchObject({ code: "ERR_BUFFER_TOO_LARGE" });
  });
});
