import { idSchema } from "@tidings/contract/text";
import { describe, expect, test } from "vitest";
import type { Ids } from "../ports/ids.ts";

/** `advance` makes the ids' clock show a later millisecond. */
export function idsConformance(name: string, make: () => { ids: Ids; advance: () => void }): void {
  describe(`ids: ${name}`, () => {
    test("are UUIDs of version 8 in lower case", () => {
      const { ids } = make();
      for (const id of [ids.next(), ids.derive(0, "a"), ids.derive(2 ** 48 - 1, "a", "b")]) {
        expect(idSchema.safeParse(id).success).toBe(true);
        expect(id).toMatch(/^.{14}8.{4}[89ab]/);
      }
    });

    test("do not repeat", () => {
      const { ids } = make();
      expect(new Set(Array.from({ length: 20_000 }, () => ids.next())).size).toBe(20_000);
    });

    test("of a later millisecond sort after those of an earlier one", () => {
      const { ids, advance } = make();
      const made: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        made.push(ids.next());
        advance();
      }
      expect(made).toEqual([...made].sort());
    });

    test("of one source rise with each that is made", () => {
      const { ids } = make();
      const made = Array.from({ length: 20_000 }, () => ids.next());
      expect(made).toEqual([...made].sort());
    });

    test("are derived the same from the same time and parts", () => {
      expect(make().ids.derive(1_700_000_000_000, "run", "mail")).toBe(
        make().ids.derive(1_700_000_000_000, "run", "mail"),
      );
    });

    test("sort by their time, then by their place, and are derived the same from both and the same parts", () => {
      const { ids } = make();
      const at = (time: number, place: string, part: string) => ids.deriveAt(time, place, part);
      const parts = Array.from({ length: 50 }, (_, index) => String(index));
      const made = [1, 2].flatMap((time) =>
        ["001", "002", "fff"].map((place) => parts.map((part) => at(time, place, part)).sort()),
      );
      expect(made.flat()).toEqual(made.flat().sort());
      expect(new Set(made.flat()).size).toBe(300);
      expect(at(1, "002", "7")).toBe(make().ids.deriveAt(1, "002", "7"));
      expect(made.flat().every((id) => idSchema.safeParse(id).success)).toBe(true);
    });

    test("are derived differently where time, parts or the bounds between parts differ", () => {
      const { ids } = make();
      const derived = [
        ids.derive(1, "ab", "c"),
        ids.derive(2, "ab", "c"),
        ids.derive(1, "a", "bc"),
        ids.derive(1, "abc"),
        ids.derive(1, "ab", "c", ""),
        ids.derive(1, "c", "ab"),
      ];
      expect(new Set(derived).size).toBe(derived.length);
    });
  });
}
