import { describe, expect, test } from "vitest";
import { dayOf } from "../../domain/allowance.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function allowancesConformance(open: OpenCorner): void {
  const dayIn = ({ at }: Corner) => dayOf(at);
  const taking = (corner: Corner, over: Partial<Parameters<Corner["store"]["takeAllowance"]>[0]> = {}) =>
    corner.store.takeAllowance({
      environmentId: corner.environmentId,
      key: "integration:a",
      day: dayIn(corner),
      least: 1,
      most: 0,
      parts: 1,
      max: 100,
      ...over,
    });
  const usedIn = async (corner: Corner, key = "integration:a", environmentId = corner.environmentId) => {
    const day = dayIn(corner);
    const rows = await corner.store.allowancesOf({ environmentId, keys: [key], fromDay: day, toDay: day });
    return rows[0]?.used ?? 0;
  };

  describe("a day's allowance", () => {
    test("gives what is asked for until its bound, and then what is left", async () => {
      const corner = await open();
      const given: number[] = [];
      for (const least of [60, 30, 20, 1]) given.push(await taking(corner, { least }));
      expect(given).toEqual([60, 30, 10, 0]);
      expect(await usedIn(corner)).toBe(100);
    });

    test("is never passed, however many take at once", async () => {
      const corner = await open();
      const given = await Promise.all(
        times(60, (index) => taking(corner, { least: 1 + (index % 5), most: 9, parts: 4 })),
      );
      expect(given.reduce((sum, count) => sum + count, 0)).toBe(100);
      expect(await usedIn(corner)).toBe(100);
      expect(await taking(corner)).toBe(0);
    });

    test("is larger for who may take more, and stays used for the others", async () => {
      const corner = await open();
      await taking(corner, { least: 100 });
      expect(await taking(corner, { least: 7, max: Number.MAX_SAFE_INTEGER })).toBe(7);
      expect([await usedIn(corner), await taking(corner)]).toEqual([107, 0]);
    });

    test("has again what was given back, and never more than was taken", async () => {
      const corner = await open();
      const { environmentId, store } = corner;
      const place = { environmentId, key: "integration:a", day: dayIn(corner) };
      await taking(corner, { least: 100 });
      await store.returnAllowance({ ...place, count: 30 });
      expect([await usedIn(corner), await taking(corner, { least: 50 })]).toEqual([70, 30]);
      await store.returnAllowance({ ...place, count: 500 });
      expect(await usedIn(corner)).toBe(0);
      expect(await store.allowancesOf({ ...place, keys: [place.key], fromDay: place.day, toDay: place.day })).toEqual(
        [],
      );
    });

    test("is of one key, environment and day", async () => {
      const corner = await open();
      await taking(corner, { least: 100 });
      expect(await taking(corner, { key: "integration:b" })).toBe(1);
      expect(await taking(corner, { environmentId: corner.otherEnvironmentId, least: 2 })).toBe(2);
      expect(await taking(corner, { day: dayIn(corner) + 1, least: 3 })).toBe(3);
      expect(await usedIn(corner, "integration:a", corner.otherEnvironmentId)).toBe(2);
    });

    test("is told for the days and keys that are asked for", async () => {
      const corner = await open();
      const { environmentId, store } = corner;
      const day = dayIn(corner);
      for (const [key, later] of [
        ["b", 0],
        ["a", 1],
        ["a", 0],
        ["a", 3],
        ["c", 0],
      ] as const)
        await taking(corner, { key, day: day + later, least: 5 + later });
      const rows = await store.allowancesOf({ environmentId, keys: ["a", "b"], fromDay: day, toDay: day + 2 });
      expect(rows).toEqual([
        { environmentId, key: "a", day, used: 5 },
        { environmentId, key: "a", day: day + 1, used: 6 },
        { environmentId, key: "b", day, used: 5 },
      ]);
    });

    test("counts sums beyond 32 bits", async () => {
      const corner = await open();
      const least = 5_000_000_000_000;
      expect(await taking(corner, { least, max: Number.MAX_SAFE_INTEGER })).toBe(least);
      expect(await usedIn(corner)).toBe(least);
    });

    test("goes once its day is old, by kind and a bounded number at a time", async () => {
      const corner = await open();
      const { environmentId, store } = corner;
      // Far below the days of other tests, whose rows are of the same store.
      const days = times(3, (index) => index + 1);
      for (const day of days) for (const key of ["z:a", "y:a"]) await taking(corner, { key, day });
      const purge = (limit: number) => store.purgeAllowances({ from: "z:", before: "z;", beforeDay: 3, limit });
      expect([await purge(1), await purge(10), await purge(10)]).toEqual([1, 1, 0]);
      const rows = await store.allowancesOf({ environmentId, keys: ["z:a", "y:a"], fromDay: 0, toDay: 9 });
      expect(rows.map(({ key, day }) => `${key} ${day}`)).toEqual(["y:a 1", "y:a 2", "y:a 3", "z:a 3"]);
    });
  });

  describe("what was sent and bounced", () => {
    test("is told by integration, of the minutes that are asked for", async () => {
      const corner = await open();
      const { environmentId, store } = corner;
      const sent = async (integration: string) => {
        const message = await corner.queued();
        await corner.start(message, { integration });
        await corner.record(message, { integration });
        return message.id;
      };
      const ids = [await sent("a"), await sent("a"), await sent("b")];
      const report = { messageId: ids[0] ?? "", environmentId, kind: "bounced" as const, at: corner.at, code: "550" };
      await store.recordFeedback({ reports: [report], now: corner.at });
      const minute = Math.floor(corner.at / 60_000);
      expect(await store.bounceSums({ environmentId, fromMinute: minute, toMinute: minute + 1 })).toEqual([
        { integration: "a", sent: 2, bounced: 1 },
        { integration: "b", sent: 1, bounced: 0 },
      ]);
      expect(await store.bounceSums({ environmentId, fromMinute: minute + 1, toMinute: minute + 9 })).toEqual([]);
    });
  });
}
