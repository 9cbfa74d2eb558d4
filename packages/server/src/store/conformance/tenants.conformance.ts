import { describe, expect, test } from "vitest";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

export function tenantsConformance(open: OpenCorner): void {
  const put = ({ store, environmentId, at }: Corner, document: string, now = at, key = "acme") =>
    store.putTenant({ environmentId, key, document, now });

  describe("tenants", () => {
    test("get a new version where they differ, and stay where they do not", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const first = { environmentId, key: "acme", version: 1, document: "{}", updatedAt: at };
      expect(await put(corner, "{}")).toEqual(first);
      expect(await put(corner, "{}", at + 1)).toEqual(first);
      const second = { ...first, version: 2, document: "[]", updatedAt: at + 2 };
      expect(await put(corner, "[]", at + 2)).toEqual(second);
      expect(await store.getTenant({ environmentId, key: "acme" })).toEqual(second);
    });

    test("are of one environment, and gone once they are deleted", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId } = corner;
      await put(corner, "{}");
      expect(await store.getTenant({ environmentId: otherEnvironmentId, key: "acme" })).toBeUndefined();
      expect(await store.deleteTenant({ environmentId: otherEnvironmentId, key: "acme" })).toBe(false);
      expect(await store.deleteTenant({ environmentId, key: "acme" })).toBe(true);
      expect(await store.deleteTenant({ environmentId, key: "acme" })).toBe(false);
      expect(await store.getTenant({ environmentId, key: "acme" })).toBeUndefined();
    });

    test("are listed by key, in pages", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId, at } = corner;
      for (const key of ["b", "d", "a", "c"]) await put(corner, "{}", at, key);
      await store.putTenant({ environmentId: otherEnvironmentId, key: "e", document: "{}", now: at });
      const keys = async (after: string, limit: number) =>
        (await store.listTenants({ environmentId, after, limit })).map(({ key }) => key);
      expect(await keys("", 10)).toEqual(["a", "b", "c", "d"]);
      expect(await keys("b", 1)).toEqual(["c"]);
    });
  });
}
