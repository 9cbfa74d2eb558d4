import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { HmacKey } from "./hmac-key.ts";
import { SeededRandom } from "./seeded-random.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);

test(`a text's HMAC is that of node:crypto, whatever came before it (seed ${seed})`, () => {
  const random = new SeededRandom(seed);
  const bytes = Buffer.from(Array.from({ length: 32 }, () => random.int(256)));
  const key = new HmacKey(bytes);
  const letters = ["a", "ü", "€", "\u{1f600}", "\0", "\ud800"];
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from({ length: random.int(round % 50 === 0 ? 5000 : 60) }, () => random.pick(letters)).join("");
    expect(key.hex(text)).toBe(createHmac("sha256", bytes).update(text).digest("hex"));
    expect(key.bytes(text)).toEqual(createHmac("sha256", bytes).update(text).digest());
  }
});

test("short keys are filled with zeros, those of more than a block are refused", () => {
  const short = Buffer.from("Jefe");
  // RFC 4231, test case 2.
  expect(new HmacKey(short).hex("what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  expect(() => new HmacKey(Buffer.alloc(65))).toThrow(RangeError);
});
