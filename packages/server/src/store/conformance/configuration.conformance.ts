import { describe, expect, test } from "vitest";
import type { Corner, OpenCorner } from "./corner.conformance.ts";
import { deleteConfiguration, putConfiguration } from "./write-configuration.conformance.ts";

type ConfigurationWrite = Parameters<typeof putConfiguration>[1];

export function configurationConformance(open: OpenCorner): void {
  const write = (corner: Corner, over: Partial<ConfigurationWrite> = {}): ConfigurationWrite => ({
    environmentId: corner.environmentId,
    kind: "workflow",
    key: "shipped",
    document: "{}",
    secrets: null,
    secretNames: [],
    now: corner.at,
    ...over,
  });
  const put = (corner: Corner, over: Partial<ConfigurationWrite> = {}) =>
    putConfiguration(corner.store, write(corner, over));
  const key = (corner: Corner) => ({ environmentId: corner.environmentId, kind: "workflow" as const, key: "shipped" });

  describe("configuration", () => {
    test("gets a new version where it differs, and stays where it does not", async () => {
      const corner = await open();
      const first = await put(corner, { secrets: "s", secretNames: ["password"] });
      expect(first).toMatchObject({
        ...key(corner),
        version: 1,
        document: "{}",
        secrets: "s",
        secretNames: ["password"],
        deleted: false,
        updatedAt: corner.at,
      });
      expect(await put(corner, { secrets: "s", secretNames: ["password"], now: corner.at + 1 })).toEqual(first);
      expect((await put(corner, { document: "[]", secrets: "s" })).version).toBe(2);
      expect((await put(corner, { document: "[]", secrets: "t" })).version).toBe(3);
      expect((await put(corner, { document: "{}", secrets: "s" })).version).toBe(4);
    });

    test("is read as it is now, or as a version published it", async () => {
      const corner = await open();
      for (const document of ["1", "2", "3"]) await put(corner, { document });
      expect((await corner.store.getConfiguration(key(corner)))?.document).toBe("3");
      expect((await corner.store.getConfiguration({ ...key(corner), version: 2 }))?.document).toBe("2");
      expect(await corner.store.getConfiguration({ ...key(corner), version: 4 })).toBeUndefined();
      expect(await corner.store.getConfiguration({ ...key(corner), version: 2 ** 40 })).toBeUndefined();
      expect(await corner.store.getConfiguration({ ...key(corner), key: "other" })).toBeUndefined();
    });

    test("that is deleted is gone, but for what still runs on a version of it; coming back, it counts on", async () => {
      const corner = await open();
      await put(corner, { document: "1", secrets: "s" });
      expect(await deleteConfiguration(corner.store, { ...key(corner), now: corner.at })).toBe(true);
      expect(await deleteConfiguration(corner.store, { ...key(corner), now: corner.at })).toBe(false);
      expect(await corner.store.getConfiguration(key(corner))).toBeUndefined();
      expect((await corner.store.getConfiguration({ ...key(corner), version: 1 }))?.document).toBe("1");
      expect(
        await corner.store.listConfiguration({
          environmentId: corner.environmentId,
          kind: "workflow",
          after: "",
          limit: 10,
        }),
      ).toEqual([]);
      expect(await put(corner, { document: "1", secrets: "s" })).toMatchObject({ version: 3, deleted: false });
    });

    test("is listed by key, in pages, of one kind and environment", async () => {
      const corner = await open();
      for (const name of ["b", "d", "a", "c"]) await put(corner, { key: name });
      await put(corner, { key: "a", document: "[]" });
      await put(corner, { key: "e", kind: "template" });
      await put(corner, { key: "f", environmentId: corner.otherEnvironmentId });
      const list = (after: string, limit: number) =>
        corner.store.listConfiguration({ environmentId: corner.environmentId, kind: "workflow", after, limit });
      expect((await list("", 10)).map((row) => [row.key, row.version])).toEqual([
        ["a", 2],
        ["b", 1],
        ["c", 1],
        ["d", 1],
      ]);
      expect((await list("b", 1)).map((row) => row.key)).toEqual(["c"]);
    });

    test("tells who missed a hint what changed since, deletions included, oldest change first, in pages", async () => {
      const corner = await open();
      const { sequence } = await put(corner, { key: "start" });
      await put(corner, { key: "a" });
      await put(corner, { key: "b" });
      await put(corner, { key: "a", document: "[]" });
      await put(corner, { key: "c", kind: "template", environmentId: corner.otherEnvironmentId });
      await deleteConfiguration(corner.store, {
        environmentId: corner.environmentId,
        kind: "workflow",
        key: "b",
        now: corner.at,
      });
      const changes = await corner.store.configurationSince({ sequence, limit: 100 });
      expect(changes.map((row) => [row.key, row.version, row.deleted])).toEqual([
        ["a", 2, false],
        ["c", 1, false],
        ["b", 2, true],
      ]);
      expect(changes.map((row) => row.sequence)).toEqual(changes.map((row) => row.sequence).sort((a, b) => a - b));
      const [first] = await corner.store.configurationSince({ sequence, limit: 1 });
      expect(first).toEqual(changes[0]);
      expect(await corner.store.configurationSince({ sequence: first?.sequence ?? 0, limit: 100 })).toEqual(
        changes.slice(1),
      );
      expect(await corner.store.configurationSince({ sequence: changes.at(-1)?.sequence ?? 0, limit: 100 })).toEqual(
        [],
      );
    });

    test("of another environment is neither read nor deleted", async () => {
      const corner = await open();
      await put(corner);
      const other = { ...key(corner), environmentId: corner.otherEnvironmentId };
      expect(await corner.store.getConfiguration(other)).toBeUndefined();
      expect(await corner.store.getConfiguration({ ...other, version: 1 })).toBeUndefined();
      expect(await deleteConfiguration(corner.store, { ...other, now: corner.at })).toBe(false);
      expect((await put(corner, { environmentId: corner.otherEnvironmentId, document: "x" })).version).toBe(1);
    });
  });

  describe("keys", () => {
    const apiKey = (corner: Corner, id = corner.id()) => ({
      id,
      environmentId: corner.environmentId,
      name: "n",
      prefix: "p",
      hash: `hash ${id}`,
      createdAt: corner.at,
    });

    test("an environment is made once; its keys stay those of the first", async () => {
      const corner = await open();
      const environment = {
        key: `e_${corner.environmentId}`,
        wrappedDataKey: "d1",
        wrappedAddressKey: "a1",
        createdAt: corner.at,
      };
      const first = await corner.store.createEnvironment(environment);
      expect(first).toMatchObject(environment);
      expect(await corner.store.createEnvironment({ ...environment, wrappedDataKey: "d2" })).toEqual(first);
      expect(await corner.store.listEnvironments({})).toContainEqual(first);
    });

    test("an API key is found by its hash, with when it was revoked first", async () => {
      const corner = await open();
      const made = apiKey(corner);
      await corner.store.createApiKey(made);
      expect(await corner.store.findApiKey({ hash: made.hash })).toEqual({ ...made, revokedAt: null });
      const { environmentId } = corner;
      expect(
        await corner.store.revokeApiKey({ environmentId: corner.otherEnvironmentId, id: made.id, now: corner.at }),
      ).toBe(false);
      expect(await corner.store.revokeApiKey({ environmentId, id: made.id, now: corner.at + 1 })).toBe(true);
      expect(await corner.store.revokeApiKey({ environmentId, id: made.id, now: corner.at + 2 })).toBe(true);
      expect((await corner.store.findApiKey({ hash: made.hash }))?.revokedAt).toBe(corner.at + 1);
      expect(await corner.store.findApiKey({ hash: "nothing" })).toBeUndefined();
    });

    test("API keys are listed in pages, of one environment", async () => {
      const corner = await open();
      const made = [apiKey(corner), apiKey(corner), apiKey(corner)];
      for (const each of made) await corner.store.createApiKey(each);
      await corner.store.createApiKey({ ...apiKey(corner), environmentId: corner.otherEnvironmentId });
      const list = (after: string, limit: number) =>
        corner.store.listApiKeys({ environmentId: corner.environmentId, after, limit });
      expect((await list("", 2)).map(({ id }) => id)).toEqual(made.slice(0, 2).map(({ id }) => id));
      expect((await list(made[1]?.id ?? "", 2)).map(({ id }) => id)).toEqual([made[2]?.id]);
      await expect(corner.store.createApiKey({ ...apiKey(corner), hash: made[0]?.hash ?? "" })).rejects.toThrow();
    });
  });
}
