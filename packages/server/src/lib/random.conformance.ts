import { describe, expect, test } from "vitest";
import type { Random } from "../ports/random.ts";

export function randomConformance(name: string, make: () => Random): void {
  describe(`random: ${name}`, () => {
    test("numbers lie in [0, 1) and spread over it", () => {
      const random = make();
      const tenths = new Array<number>(10).fill(0);
      for (let draw = 0; draw < 20_000; draw += 1) {
        const number = random.number();
        expect(number >= 0 && number < 1).toBe(true);
        const tenth = Math.floor(number * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      // 2,000 each are expected, with a deviation of 42: eight deviations are not met by chance.
      for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(350);
    });

    test.each([0, 1, 3, 4, 16, 255, 256, 257, 8192, 20_000])("gives %i bytes", (length) => {
      expect(make().bytes(length)).toHaveLength(length);
    });

    test("bytes spread over all values", () => {
      const counts = new Map<number, number>();
      for (const byte of make().bytes(256 * 400)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
      expect(counts.size).toBe(256);
      expect(Math.max(...counts.values())).toBeLessThan(600);
    });

    test("bytes already given stay as they are", () => {
      const random = make();
      const first = random.bytes(32);
      const copy = Buffer.from(first);
      for (let draw = 0; draw < 2000; draw += 1) random.bytes(32);
      expect(first.equals(copy)).toBe(true);
    });

    test("draws do not repeat", () => {
      const random = make();
      const drawn = new Set(Array.from({ length: 5000 }, () => random.bytes(12).toString("hex")));
      expect(drawn.size).toBe(5000);
    });
  });
}
