import { describe, expect, test } from "vitest";
import type { DocumentSet, DocumentWrite } from "../../ports/store/configuration.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const document = (kind: DocumentWrite["kind"], key: string, text = "{}", more: Partial<DocumentWrite> = {}) => ({
  ...{ kind, key, document: text, secrets: null, secretNames: [], origin: "" },
  ...more,
});

/** Documents that are written together, and their versions. */
export function documentsConformance(open: OpenCorner): void {
  const write = (corner: Corner, set: Partial<DocumentSet>) =>
    corner.store.writeDocuments({
      ...{ environmentId: corner.environmentId, writes: [], deletes: [], expected: [], now: corner.at },
      ...set,
    });

  describe("documents", () => {
    test("are written, left and deleted together, each with what became of it", async () => {
      const corner = await open();
      await write(corner, { writes: [document("category", "a"), document("tenant", "t"), document("layout", "l")] });
      const result = await write(corner, {
        writes: [document("category", "a"), document("category", "b"), document("tenant", "t", "[]")],
        deletes: [
          { kind: "layout", key: "l" },
          { kind: "layout", key: "nothing" },
        ],
      });
      expect(result).toEqual({
        status: "written",
        changes: [
          { kind: "category", key: "a", version: 1, change: "unchanged" },
          { kind: "category", key: "b", version: 1, change: "created" },
          { kind: "tenant", key: "t", version: 2, change: "changed" },
          { kind: "layout", key: "l", version: 2, change: "deleted" },
        ],
      });
      const { environmentId } = corner;
      expect((await corner.store.getTenant({ environmentId, key: "t" }))?.document).toBe("[]");
      expect(await corner.store.getConfiguration({ environmentId, kind: "layout", key: "l" })).toBeUndefined();
    });

    test("are left as they are where one of them is at another version than was seen", async () => {
      const corner = await open();
      await write(corner, { writes: [document("category", "a")] });
      const conflicts = [
        { kind: "category" as const, key: "a", version: 2, found: 1 },
        { kind: "category" as const, key: "a", version: 0, found: 1 },
        { kind: "category" as const, key: "b", version: 1, found: 0 },
        { kind: "tenant" as const, key: "t", version: 1, found: 0 },
      ];
      for (const { found, ...expected } of conflicts) {
        const result = await write(corner, { writes: [document("category", "c")], expected: [expected] });
        expect(result).toEqual({ status: "conflict", found: { ...expected, version: found } });
      }
      const { environmentId } = corner;
      expect(await corner.store.getConfiguration({ environmentId, kind: "category", key: "c" })).toBeUndefined();
      const expected = [
        { kind: "category" as const, key: "a", version: 1 },
        { kind: "category" as const, key: "c", version: 0 },
      ];
      expect(await write(corner, { writes: [document("category", "c")], expected })).toMatchObject({
        status: "written",
      });
    });

    test("of a dry run are told as they would be, and nothing is written", async () => {
      const corner = await open();
      await write(corner, { writes: [document("category", "a")] });
      const set = {
        writes: [document("category", "a", "[]"), document("tenant", "t")],
        deletes: [{ kind: "category" as const, key: "gone" }],
      };
      const foreseen = await write(corner, { ...set, dryRun: true });
      const { environmentId } = corner;
      expect((await corner.store.getConfiguration({ environmentId, kind: "category", key: "a" }))?.version).toBe(1);
      expect(await corner.store.getTenant({ environmentId, key: "t" })).toBeUndefined();
      expect(await write(corner, set)).toEqual(foreseen);
    });

    test("of another environment are neither seen nor written", async () => {
      const corner = await open();
      await write(corner, { writes: [document("category", "a")] });
      const environmentId = corner.otherEnvironmentId;
      const key = { kind: "category" as const, key: "a" };
      expect(await write(corner, { environmentId, deletes: [key] })).toEqual({ status: "written", changes: [] });
      expect(await write(corner, { environmentId, expected: [{ ...key, version: 1 }] })).toMatchObject({
        status: "conflict",
        found: { version: 0 },
      });
      expect(await corner.store.listConfigurationVersions({ environmentId, ...key, before: 9, limit: 9 })).toEqual([]);
    });

    test("keep all their versions, newest first, in pages, with where each came from", async () => {
      const corner = await open();
      const key = { kind: "category" as const, key: "a" };
      for (const text of ["1", "2", "3"]) await write(corner, { writes: [document("category", "a", text)] });
      await write(corner, { deletes: [key] });
      await write(corner, { writes: [document("category", "a", "1", { origin: "version 1" })] });
      const { environmentId } = corner;
      const list = (before: number, limit: number) =>
        corner.store.listConfigurationVersions({ environmentId, ...key, before, limit });
      const all = await list(Number.MAX_SAFE_INTEGER, 10);
      expect(all.map(({ version, deleted, current, origin }) => [version, deleted, current, origin])).toEqual([
        [5, false, true, "version 1"],
        [4, true, false, ""],
        [3, false, false, ""],
        [2, false, false, ""],
        [1, false, false, ""],
      ]);
      expect((await list(4, 2)).map(({ version }) => version)).toEqual([3, 2]);
    });
  });
}
