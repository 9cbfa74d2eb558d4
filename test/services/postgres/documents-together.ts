import { describe, expect, test } from "vitest";
import { times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { twoStores } from "./two-stores.ts";

/** What holds only where processes that call at once keep out of each other's way. */
export function documentsTogetherSuite(server: () => Postgres): void {
  describe("two processes on one database: documents", () => {
    const { either, corner } = twoStores(server);

    test("an environment that both make at once is one", async () => {
      for (const round of times(20, (index) => index)) {
        const environment = { key: `both_${round}`, wrappedAddressKey: "a", createdAt: round };
        const made = await Promise.all(
          times(6, (index) => either(index).createEnvironment({ ...environment, wrappedDataKey: `d${index}` })),
        );
        expect(new Set(made.map((row) => JSON.stringify(row))).size).toBe(1);
      }
    });

    test("an environment never has more endpoints than it may, whoever makes them", async () => {
      const { environmentId, at } = await corner();
      const write = { environmentId, description: "", types: null, tenant: "", enabled: true, sealed: "s", now: at };
      const ids = times(20, (index) => `${environmentId}-${index}`);
      const made = await Promise.all(
        ids.map((id, index) => either(index).createWebhook({ ...write, id, endpointsMax: 5 })),
      );
      expect(made.filter((row) => row !== undefined)).toHaveLength(5);
      expect(await either(0).listWebhooks({ environmentId, after: "", limit: 100 })).toHaveLength(5);
    });

    test("who follows the sequence of configuration misses no change, however many write at once", async () => {
      const { environmentId, at } = await corner();
      const write = (key: string, index: number) => {
        const document = { kind: "template" as const, key, document: key, secrets: null, secretNames: [], origin: "" };
        return either(index).writeDocuments({ environmentId, writes: [document], deletes: [], expected: [], now: at });
      };
      const keys = times(120, (index) => `k${index}`);
      const newest = await either(0).configurationSince({ sequence: 0, limit: 100_000 });
      let sequence = newest.at(-1)?.sequence ?? 0;
      const seen: string[] = [];
      let isWriting = true;
      const written = Promise.all(keys.map(write)).finally(() => {
        isWriting = false;
      });
      for (let more = true; more; ) {
        more = isWriting;
        for (const row of await either(1).configurationSince({ sequence, limit: 7 })) {
          seen.push(row.key);
          sequence = row.sequence;
          more = true;
        }
      }
      await written;
      expect(seen.toSorted()).toEqual(keys.toSorted());
    });

    test("a set with a tenant is written over what it expects alone, also beside writes of that tenant", async () => {
      const { environmentId, at } = await corner();
      const key = "acme";
      await either(0).putTenant({ environmentId, key, document: "{}", now: at });
      const put = async (process: number) => {
        for (const round of times(100, (index) => index))
          await either(process).putTenant({ environmentId, key, document: `${process} ${round}`, now: at });
      };
      const steps: number[] = [];
      const set = async (process: number) => {
        for (const round of times(100, (index) => index)) {
          const version = (await either(process).getTenant({ environmentId, key }))?.version ?? 0;
          const document = { kind: "tenant" as const, key, document: `set ${process} ${round}` };
          const result = await either(process).writeDocuments({
            environmentId,
            writes: [{ ...document, secrets: null, secretNames: [], origin: "" }],
            deletes: [],
            expected: [{ kind: "tenant", key, version }],
            now: at,
          });
          if (result.status === "written") steps.push((result.changes[0]?.version ?? 0) - version);
        }
      };
      await Promise.all([set(0), set(1), put(0), put(1)]);
      expect(steps.length).toBeGreaterThan(0);
      expect(new Set(steps)).toEqual(new Set([1]));
    });
  });
}
