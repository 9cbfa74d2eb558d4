import { describe, expect, test } from "vitest";
import type { SourceLetter } from "../../ports/store/source-letters.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

const letterOf = (corner: Corner, number: number, over: Partial<SourceLetter> = {}): SourceLetter => ({
  id: corner.id(),
  environmentId: corner.environmentId,
  source: "orders",
  place: `orders/0/${number}`,
  identity: `orders/0/${number}/17`,
  reason: "mapping_failed",
  detail: `template_id: is not in the table ${number}`,
  at: corner.at + number,
  sealed: `sealed ${number}`,
  ...over,
});

export function sourceLettersConformance(open: OpenCorner): void {
  describe("dead letters of sources", () => {
    const load = async (corner: Corner, over: { ids?: string[]; reason?: string; limit?: number } = {}) => {
      const { environmentId, store } = corner;
      const query = { environmentId, ids: undefined, reason: undefined, limit: 100, ...over };
      const found = await store.findSourceLetters(query);
      return Promise.all(found.map((id) => store.loadSourceLetter({ environmentId, id })));
    };

    test("are among the others, without their record", async () => {
      const corner = await open();
      const message = await corner.dead({}, corner.at);
      const letter = letterOf(corner, 1);
      await corner.store.writeSourceLetters({ letters: [letter] });
      const { environmentId } = corner;
      const listed = await corner.store.listDeadLetters({ environmentId, before: "", limit: 10 });
      expect(listed.map(({ id, kind, source }) => ({ id, kind, source }))).toEqual([
        { id: letter.id, kind: "source", source: { key: "orders", place: "orders/0/1" } },
        { id: message.id, kind: "message", source: undefined },
      ]);
      expect(JSON.stringify(listed)).not.toContain("sealed 1");
      expect(await corner.store.getDeadLetter({ environmentId, id: letter.id })).toEqual(listed[0]);
    });

    test("are found by their ids, or oldest first by reason, and so many at most, and loaded with their record", async () => {
      const corner = await open();
      const letters = [3, 1, 2].map((number) => letterOf(corner, number));
      const other = letterOf(corner, 4, { reason: "malformed_json", sealed: null });
      await corner.store.writeSourceLetters({ letters: [...letters, other] });
      const [third, first, second] = letters;
      expect(await load(corner)).toEqual([first, second, third, other]);
      expect(await load(corner, { limit: 2 })).toEqual([first, second]);
      expect(await load(corner, { reason: "malformed_json" })).toEqual([other]);
      const ids = [third?.id ?? "", corner.id(), third?.id ?? "", "no id"];
      expect(await load(corner, { ids })).toEqual([third]);
      const strange = [
        { environmentId: corner.otherEnvironmentId, id: third?.id ?? "" },
        { environmentId: corner.environmentId, id: "no id" },
        { environmentId: corner.environmentId, id: corner.id() },
      ];
      for (const each of strange) expect(await corner.store.loadSourceLetter(each)).toBeUndefined();
    });

    test("of a record that comes again are written anew, and keep their id and time", async () => {
      const corner = await open();
      const letter = letterOf(corner, 1);
      await corner.store.writeSourceLetters({ letters: [letter, letterOf(corner, 2)] });
      const again = letterOf(corner, 1, {
        reason: "validation_failed",
        detail: "other",
        sealed: null,
        at: corner.at + 500,
      });
      await Promise.all([
        corner.store.writeSourceLetters({ letters: [again, letterOf(corner, 2)] }),
        corner.store.writeSourceLetters({ letters: [letterOf(corner, 2), again] }),
      ]);
      const { id, at } = letter;
      expect(await load(corner, { ids: [id] })).toEqual([{ ...again, id, at }]);
      expect(await load(corner)).toHaveLength(2);
    });

    test("of another source or environment with the same record are letters of their own", async () => {
      const corner = await open();
      const letters = [{}, { source: "bills" }, { environmentId: corner.otherEnvironmentId }];
      await corner.store.writeSourceLetters({ letters: letters.map((over) => letterOf(corner, 1, over)) });
      expect(await load(corner)).toHaveLength(2);
    });

    test("hold a text that was cut in the middle of a character", async () => {
      const corner = await open();
      await corner.store.writeSourceLetters({ letters: [letterOf(corner, 1, { detail: "is not known \ud83d" })] });
      expect((await load(corner))[0]?.detail).toContain("is not known ");
    });

    test("are left alone by a replay of what the pipeline holds", async () => {
      const corner = await open();
      const letter = letterOf(corner, 1);
      await corner.store.writeSourceLetters({ letters: [letter] });
      expect(await corner.store.replayDeadLetters(replayOf(corner, undefined))).toEqual({ replayed: 0, expired: 0 });
      expect(await corner.store.replayDeadLetters(replayOf(corner, [letter.id]))).toEqual({ replayed: 0, expired: 0 });
      expect(await load(corner)).toEqual([letter]);
    });

    test("go by their ids, in their environment", async () => {
      const corner = await open();
      const [first, second] = [letterOf(corner, 1), letterOf(corner, 2)];
      await corner.store.writeSourceLetters({ letters: [first, second] });
      const { environmentId, otherEnvironmentId } = corner;
      await corner.store.deleteSourceLetters({ environmentId: otherEnvironmentId, ids: [first.id] });
      await corner.store.deleteSourceLetters({ environmentId, ids: [second.id, "no id"] });
      expect(await load(corner)).toEqual([first]);
    });
  });
}
