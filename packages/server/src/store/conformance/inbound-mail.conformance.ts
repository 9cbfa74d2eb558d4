import { describe, expect, test } from "vitest";
import type { DmarcSource } from "../../domain/inbound-mail/dmarc-report.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const source = (sourceIp: string, over: Partial<DmarcSource> = {}): DmarcSource => ({
  sourceIp,
  disposition: "none",
  dkimAligned: true,
  spfAligned: false,
  messages: 1,
  ...over,
});

const add = ({ store, environmentId }: Corner, reportHash: string, sources: readonly DmarcSource[], day = 20_000) =>
  store.addDmarcReport({ environmentId, reportHash, day, domain: "acme.test", sources, sourcesMax: 3 });

const list = ({ store, environmentId }: Corner) =>
  store.listDmarcSources({ environmentId, domain: "acme.test", fromDay: 0, limit: 100 });

const idOf = (index: number): string => `0197f000-0000-7000-8000-${String(index).padStart(12, "0")}`;

export function inboundMailConformance(open: OpenCorner): void {
  describe("inbound mail", () => {
    test("that could not be read is kept, the newest of it, each once", async () => {
      const { store, environmentId } = await open();
      const mail = { environmentId, way: "smtp", reason: "mime_malformed", bytes: 2 ** 33 } as const;
      for (const index of [1, 2, 3, 3])
        await store.keepUnreadableMail({
          ...mail,
          id: idOf(index),
          at: index,
          messageId: index === 3 ? idOf(9) : null,
          keptMax: 2,
        });
      expect(await store.listUnreadableMails({ environmentId, limit: 10 })).toEqual([
        { ...mail, id: idOf(3), at: 3, messageId: idOf(9) },
        { ...mail, id: idOf(2), at: 2, messageId: null },
      ]);
      expect(await store.listUnreadableMails({ environmentId, limit: 1 })).toHaveLength(1);
      const other = await open();
      expect(await other.store.listUnreadableMails({ environmentId: other.environmentId, limit: 10 })).toEqual([]);
    });

    test("of DMARC counts once for each report, in any order", async () => {
      const corner = await open();
      expect(await add(corner, "a", [source("192.0.2.1"), source("2001:db8::1", { messages: 5 })])).toBe(true);
      expect(await add(corner, "b", [source("192.0.2.1", { messages: 2 })])).toBe(true);
      expect(await add(corner, "a", [source("192.0.2.1")])).toBe(false);
      const { environmentId } = corner;
      const place = { environmentId, day: 20_000, domain: "acme.test" };
      expect(await list(corner)).toEqual([
        { ...place, ...source("192.0.2.1", { messages: 3 }) },
        { ...place, ...source("2001:db8::1", { messages: 5 }) },
      ]);
      const other = await open();
      expect(await list(other)).toEqual([]);
      expect(await add(other, "a", [source("192.0.2.1")])).toBe(true);
    });

    test("of DMARC keeps so many sources of a day, and sums the others", async () => {
      const corner = await open();
      await add(corner, "a", [source("192.0.2.1"), source("192.0.2.2", { messages: 9 })]);
      const more = [source("192.0.2.3"), source("192.0.2.4", { messages: 7 }), source("192.0.2.5")];
      await add(corner, "b", more);
      const rows = await list(corner);
      expect(rows.map(({ sourceIp, messages }) => [sourceIp, messages])).toEqual([
        ["", 2],
        ["192.0.2.1", 1],
        ["192.0.2.2", 9],
        ["192.0.2.4", 7],
      ]);
    });

    test("of DMARC is listed in pages, by domain and from a day on", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await add(corner, "a", [source("192.0.2.1"), source("192.0.2.1", { dkimAligned: false })]);
      await add(corner, "b", [source("192.0.2.1", { disposition: "reject" })], 20_001);
      const other = { environmentId, day: 20_000, domain: "other.test", sources: [source("192.0.2.9")], sourcesMax: 3 };
      await store.addDmarcReport({ ...other, reportHash: "c" });
      const all = await store.listDmarcSources({ environmentId, fromDay: 0, limit: 100 });
      expect(all).toHaveLength(4);
      const paged = [];
      for (let after = all[-1]; ; ) {
        const [row] = await store.listDmarcSources({ environmentId, fromDay: 0, after, limit: 1 });
        if (row === undefined) break;
        paged.push(row);
        after = row;
      }
      expect(paged).toEqual(all);
      expect(await store.listDmarcSources({ environmentId, fromDay: 20_001, limit: 100 })).toMatchObject([
        { day: 20_001, disposition: "reject" },
      ]);
      expect(await list(corner)).toHaveLength(3);
    });

    test("of DMARC goes once it is old, and counts again then", async () => {
      const corner = await open();
      const { store } = corner;
      await add(corner, "a", [source("192.0.2.1"), source("192.0.2.2")], 10);
      await add(corner, "b", [source("192.0.2.1")], 20);
      while ((await store.purgeDmarcReports({ beforeDay: 20, limit: 1 })) > 0);
      expect(await list(corner)).toMatchObject([{ day: 20 }]);
      expect(await add(corner, "b", [source("192.0.2.1")], 20)).toBe(false);
      expect(await add(corner, "a", [source("192.0.2.1")], 10)).toBe(true);
    });
  });
}
