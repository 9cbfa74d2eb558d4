import { describe, expect, test } from "vitest";
import { dueTables } from "../../../packages/server/src/store/postgres/due/due-table.ts";
import { withSession } from "../../../packages/server/src/store/postgres/with-session.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

const byKey = "select state from message where environment_id = $1 and id = $2";
const nil = "00000000-0000-8000-8000-000000000000";

/** Statements are planned once, on parts that are empty, and have to be good for those that are full. */
export function plansSuite(server: () => Postgres): void {
  describe("plans of an empty database", () => {
    test("find single rows by their key, and by no index that is as long as what is due or what an environment has", async () => {
      const { store, pool } = await openStore(await ownDatabase(server()));
      const indexesOf = (sql: string, ...values: (string | number)[]): Promise<string[]> =>
        withSession(pool, "transactional", async (session) => {
          const rows = await session.all(`explain ${sql}`, ...values);
          return rows.flatMap((row) => /using (\w+)/.exec(String(row["QUERY PLAN"]))?.[1] ?? []);
        });
      const claims = Object.values(dueTables).map(({ claim }) => indexesOf(claim, "[]", 1, 0));
      const used = [...(await Promise.all(claims)), await indexesOf(byKey, 1, nil)];
      expect(used.map((indexes) => indexes.length)).not.toContain(0);
      expect(used.flat().filter((index) => !index.endsWith("_pkey"))).toEqual([]);
      await store.close();
    });
  });
}
