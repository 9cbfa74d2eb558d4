import { describe, expect, test } from "vitest";
import type { ProbeEnd } from "../../ports/store/probes.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const minuteMs = 60_000;

const record = ({ store, environmentId }: Corner, over: Partial<ProbeEnd> = {}) =>
  store.recordProbe({
    environmentId,
    integration: "mail",
    version: 1,
    status: "ok",
    code: "",
    detail: "",
    at: 1000,
    ...over,
  });

const known = ({ store, environmentId }: Corner) => store.listProbes({ environmentId });

export function probesConformance(open: OpenCorner): void {
  describe("probes", () => {
    test("are kept per integration: the last one, and when it was good last", async () => {
      const corner = await open();
      const { environmentId } = corner;
      expect(await known(corner)).toEqual([]);
      await record(corner);
      await record(corner, { integration: "sms", status: "unchecked", detail: "nothing to ask" });
      const failed = { version: 2, status: "failed", code: "401", detail: "refused", at: 2000 } as const;
      const row = await record(corner, failed);
      expect(row).toEqual({ environmentId, integration: "mail", ...failed, goodAt: 1000 });
      const sms = { integration: "sms", version: 1, status: "unchecked", code: "", detail: "nothing to ask" };
      expect(await known(corner)).toEqual([row, { environmentId, ...sms, at: 1000, goodAt: null }]);
    });

    test("that ended before the one that is kept change nothing", async () => {
      const corner = await open();
      const later = await record(corner, { at: 3000, status: "failed", code: "timeout" });
      expect(await record(corner, { at: 2999 })).toEqual(later);
      expect(await known(corner)).toEqual([later]);
      expect(await record(corner, { at: 3000 })).toMatchObject({ status: "ok", goodAt: 3000 });
    });

    test("of one environment are not another's, and all are read together", async () => {
      const [corner, other] = [await open(), await open()];
      await record(corner);
      await record(other, { at: 5 });
      expect(await known(corner)).toMatchObject([{ at: 1000 }]);
      const environments = [corner.environmentId, other.environmentId];
      const all = (await corner.store.listProbes({})).filter((row) => environments.includes(row.environmentId));
      expect(all).toEqual(
        [...(await known(corner)), ...(await known(other))].sort((a, b) => a.environmentId - b.environmentId),
      );
    });

    test("are as good as a message that was taken, where that came later", async () => {
      const corner = await open();
      const minute = Math.floor(corner.at / minuteMs);
      const note = (from: number, to: number) => corner.store.noteAccepted({ fromMinute: from, toMinute: to });
      for (const integration of ["mail", "sms"]) await corner.record(await corner.sending(), { integration });
      const dead = { outcome: "rejected", after: { state: "dead", reason: "refused", detail: "" } } as const;
      await corner.record(await corner.sending(), { integration: "hooks", ...dead });
      await record(corner, { at: corner.at - 2 * minuteMs });
      await note(minute - 5, minute);
      expect(await known(corner)).toMatchObject([{ integration: "mail", goodAt: corner.at - 2 * minuteMs }]);
      await note(minute, minute + 1);
      const goodAt = minute * minuteMs;
      const nobodyAsked = { integration: "sms", version: 0, status: null, at: null, goodAt };
      expect(await known(corner)).toMatchObject([
        { integration: "mail", status: "ok", at: corner.at - 2 * minuteMs, goodAt },
        nobodyAsked,
      ]);
      const later = await record(corner, { at: corner.at + 2 * minuteMs });
      await note(minute, minute + 1);
      expect((await known(corner))[0]).toEqual(later);
      expect(await record(corner, { integration: "sms", at: 7, status: "failed" })).toMatchObject({ at: 7, goodAt });
    });
  });
}
