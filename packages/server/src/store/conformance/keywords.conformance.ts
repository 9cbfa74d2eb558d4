import { describe, expect, test } from "vitest";
import type { KeywordWrite } from "../../ports/store/keywords.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const key = { channel: "sms", addressHash: "number", scope: "sender", value: "main" } as const;

function word({ environmentId }: Corner, stops: boolean, at: number): KeywordWrite {
  return { environmentId, key, stops, at, reason: "sms_keyword", now: 50 };
}

async function isStopped({ store, environmentId }: Corner): Promise<boolean> {
  const of = { environmentId, after: undefined, channel: "sms", addressHash: "number", limit: 10 } as const;
  return (await store.listSuppressions(of)).items.length > 0;
}

export function keywordsConformance(open: OpenCorner): void {
  describe("words that come back from a number", () => {
    test("hold by when they were said, however often and in whatever order they are told", async () => {
      const corner = await open();
      const { store } = corner;
      const said: [boolean, number, string, boolean][] = [
        [true, 10, "written", true],
        [true, 10, "repeated", true],
        [false, 20, "written", false],
        [true, 10, "stale", false],
        [true, 15, "stale", false],
        [true, 20, "written", true],
        [false, 20, "stale", true],
        [false, 30, "written", false],
      ];
      for (const [stops, at, result, stopped] of said) {
        expect((await store.recordKeyword(word(corner, stops, at))).result, `${stops} at ${at}`).toBe(result);
        expect(await isStopped(corner)).toBe(stopped);
      }
    });

    test("told many times at once are one, and another's suppression of the same address stays", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const other = { ...key, value: "other", reason: "manual", createdAt: 1 };
      await store.addSuppressions({ environmentId, suppressions: [other] });
      const results = await Promise.all(times(5, () => store.recordKeyword(word(corner, true, 10))));
      expect(results.map(({ result }) => result).toSorted()).toEqual([
        "repeated",
        "repeated",
        "repeated",
        "repeated",
        "written",
      ]);
      expect((await store.recordKeyword(word(corner, false, 11))).result).toBe("written");
      const of = { environmentId, after: undefined, channel: "sms", addressHash: "number", limit: 10 } as const;
      expect((await store.listSuppressions(of)).items).toEqual([other]);
    });

    test("are of those who have the number, in their own environment", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const addresses = [{ channel: "sms", hash: "number" }] as const;
      for (const id of ["b", "a", "c"]) await store.putRecipient({ recipient: corner.recipient({ id, addresses }) });
      const asked = { environmentId, channel: "sms", addressHash: "number", limit: 2 } as const;
      expect(await store.recipientsAt(asked)).toEqual(["a", "b"]);
      expect(await store.recipientsAt({ ...asked, environmentId: environmentId + 1 })).toEqual([]);
      expect(await store.recipientsAt({ ...asked, channel: "voice" })).toEqual([]);
    });
  });
}
