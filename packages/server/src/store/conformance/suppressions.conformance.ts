import { describe, expect, test } from "vitest";
import type { SuppressionKey, SuppressionRow } from "../../domain/suppression.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const hash = (digit: string): string => digit.repeat(32);

export function suppressionsConformance(open: OpenCorner): void {
  const row = ({ at }: Corner, over: Partial<SuppressionRow> = {}): SuppressionRow => ({
    channel: "email",
    addressHash: hash("a"),
    scope: "everything",
    value: "",
    reason: "manual",
    createdAt: at,
    ...over,
  });
  const keyOf = ({ channel, addressHash, scope, value }: SuppressionRow): SuppressionKey => ({
    channel,
    addressHash,
    scope,
    value,
  });
  const add = ({ store, environmentId }: Corner, suppressions: SuppressionRow[]) =>
    store.addSuppressions({ environmentId, suppressions });
  const first = { after: undefined, limit: 100 };

  describe("suppressions", () => {
    test("are added once: one that is there stays as it is", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const one = row(corner);
      const two = row(corner, { scope: "category", value: "news", reason: "asked" });
      expect(await add(corner, [one])).toBe(1);
      expect(await add(corner, [{ ...one, reason: "later", createdAt: corner.at + 1 }, two, two])).toBe(1);
      expect((await store.listSuppressions({ environmentId, ...first })).items).toEqual([two, one]);
    });

    test("are of one environment, and gone once they are removed", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId } = corner;
      const one = row(corner, { scope: "class", value: "marketing" });
      await add(corner, [one, row(corner, { addressHash: hash("b") })]);
      const keys = [keyOf(one), { ...keyOf(one), value: "transactional" }];
      expect(await store.removeSuppressions({ environmentId: otherEnvironmentId, keys })).toBe(0);
      expect((await store.listSuppressions({ environmentId: otherEnvironmentId, ...first })).items).toEqual([]);
      expect(await store.removeSuppressions({ environmentId, keys })).toBe(1);
      expect((await store.listSuppressions({ environmentId, ...first })).items).toHaveLength(1);
    });

    test("are listed in pages, by channel, address and scope", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const rows = [
        row(corner, { scope: "category", value: "news" }),
        row(corner, { scope: "category", value: "offers" }),
        row(corner),
        row(corner, { addressHash: hash("b") }),
        row(corner, { channel: "sms", scope: "sender", value: "twilio" }),
      ];
      await add(corner, rows.toReversed());
      const listed: SuppressionRow[] = [];
      let after: SuppressionKey | undefined;
      for (let page = 0; page < 10; page += 1) {
        const { items, next } = await store.listSuppressions({ environmentId, after, limit: 2 });
        listed.push(...items);
        if (next === undefined) break;
        after = next;
      }
      expect(listed).toEqual(rows);
      const of = async (over: object) =>
        (await store.listSuppressions({ environmentId, ...first, ...over })).items.length;
      expect(await of({ channel: "sms" })).toBe(1);
      expect(await of({ scope: "category" })).toBe(2);
      expect(await of({ channel: "email", addressHash: hash("a") })).toBe(3);
      expect(await of({ channel: "email", addressHash: hash("a"), scope: "everything" })).toBe(1);
    });

    test("a page looks at a bounded number of rows, and says where the next one begins", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const many = times(5100, (index) => row(corner, { addressHash: index.toString(16).padStart(32, "0") }));
      const last = row(corner, { addressHash: hash("f"), scope: "category", value: "news" });
      expect(await add(corner, [...many, last])).toBe(5101);
      const query = { environmentId, scope: "category" as const, limit: 10 };
      const { items, next } = await store.listSuppressions({ ...query, after: undefined });
      expect(items).toEqual([]);
      expect(next).toBeDefined();
      expect((await store.listSuppressions({ ...query, after: next })).items).toEqual([last]);
    });

    test("stop the attempts that they cover, and critical ones only where they cover everything or the sender", async () => {
      const corner = await open();
      const status = async (lane: "critical" | "marketing", over: Partial<SuppressionRow>) => {
        const addressHash = corner.id().replaceAll("-", "");
        await add(corner, [row(corner, { addressHash, ...over })]);
        const message = await corner.queued({ lane, category: "news", addressHash });
        return corner.start(message);
      };
      expect(await status("marketing", { scope: "category", value: "news" })).toBe("suppressed");
      expect(await status("marketing", { scope: "category", value: "offers" })).toBe("started");
      expect(await status("marketing", { scope: "class", value: "marketing" })).toBe("suppressed");
      expect(await status("critical", { scope: "category", value: "news" })).toBe("started");
      expect(await status("critical", { scope: "everything" })).toBe("suppressed");
    });
  });
}
