import { describe, expect, test } from "vitest";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const minuteMs = 60_000;
const minuteOf = (corner: Corner, later = 0) => Math.floor(corner.at / minuteMs) + later;

export function sumsConformance(open: OpenCorner): void {
  describe("sums of the latest minutes", () => {
    test("are by metric, lane and channel, over all environments, tenants and categories", async () => {
      const corner = await open();
      const { environmentId, otherEnvironmentId, store } = corner;
      const from = { lane: "critical" } as const;
      await corner.accepted({ ...from, environmentId });
      await corner.accepted({ ...from, environmentId: otherEnvironmentId, tenant: "acme" });
      await corner.queuedAll(times(3, () => ({ channel: "sms" })));
      const sums = await store.recentSums({ fromMinute: minuteOf(corner), toMinute: minuteOf(corner, 1) });
      expect(new Set(sums)).toEqual(
        new Set([
          { metric: "accepted", lane: "critical", channel: undefined, value: 2 },
          { metric: "accepted", lane: "transactional", channel: undefined, value: 1 },
          { metric: "queued", lane: "transactional", channel: "sms", value: 3 },
        ]),
      );
    });

    test("count what calls made at once wrote, each once", async () => {
      const corner = await open();
      await Promise.all(times(40, () => corner.accepted({ lane: "marketing" })));
      expect(await corner.store.recentSums({ fromMinute: minuteOf(corner), toMinute: minuteOf(corner, 1) })).toEqual([
        { metric: "accepted", lane: "marketing", channel: undefined, value: 40 },
      ]);
    });

    test("tell when a message has left its queue", async () => {
      const corner = await open();
      const message = await corner.sending();
      await corner.record(message);
      await corner.dead();
      const sums = await corner.store.recentSums({ fromMinute: minuteOf(corner), toMinute: minuteOf(corner, 1) });
      const email = sums.filter(({ channel }) => channel === "email");
      expect(new Map(email.map(({ metric, value }) => [metric, value]))).toEqual(
        new Map([
          ["queued", 2],
          ["sent", 1],
          ["dead", 1],
        ]),
      );
    });

    test("are of the minutes that were asked for, the last one not among them", async () => {
      const corner = await open();
      for (const later of [0, 1, 2, 3]) await corner.accepted({ receivedAt: corner.at + later * minuteMs });
      const sum = async (fromLater: number, toLater: number) => {
        const [row] = await corner.store.recentSums({
          fromMinute: minuteOf(corner, fromLater),
          toMinute: minuteOf(corner, toLater),
        });
        return row?.value ?? 0;
      };
      expect([await sum(0, 1), await sum(1, 3), await sum(0, 4), await sum(4, 9), await sum(2, 2)]).toEqual([
        1, 2, 4, 0, 0,
      ]);
    });
  });
}
