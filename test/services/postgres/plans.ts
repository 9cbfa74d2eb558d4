import { describe, expect, test } from "vitest";
import { eventPageSql, walkedSql } from "../../../packages/server/src/store/postgres/calls/list-messages.ts";
import { countedSql } from "../../../packages/server/src/store/postgres/calls/pauses.ts";
import { dueSql, emptySql } from "../../../packages/server/src/store/postgres/calls/release-held.ts";
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

    test("find what a pause keeps by its index, and change it by its key", async () => {
      const { store, pool } = await openStore(await ownDatabase(server()));
      const scansOf = (sql: string, ...values: (string | number)[]): Promise<string[]> =>
        withSession(pool, "transactional", async (session) => {
          await session.exec("set plan_cache_mode = force_generic_plan");
          const rows = await session.all(`explain ${sql}`, ...values);
          const scans = rows.flatMap(
            (row) => /(?:Scan.* using|Scan on) (\w+)/.exec(String(row["QUERY PLAN"]))?.[1] ?? [],
          );
          return scans.filter((scan) => scan.startsWith("message"));
        });
      const [due, counted, empty] = [
        await scansOf(dueSql, 1, nil, 10),
        await scansOf(countedSql, nil, 10),
        await scansOf(emptySql, 10),
      ];
      const isOf = (index: string) => (name: string) => name.includes(index);
      for (const scans of [due, counted, empty]) expect(scans.some(isOf("pause_id"))).toBe(true);
      expect(due.filter((name) => !isOf("pause_id")(name) && !name.endsWith("_pkey"))).toEqual([]);
      expect([...counted, ...empty].filter((name) => !isOf("pause_id")(name))).toEqual([]);
      await store.close();
    });

    test("find the messages of an event by their keys, and pass none of others but those next to them", async () => {
      const { store, pool } = await openStore(await ownDatabase(server()));
      const page = [1, nil, nil, null, null, null, 50] as const;
      const conditionsOf = (sql: string, ...values: (string | number | null)[]): Promise<string[]> =>
        withSession(pool, "transactional", async (session) => {
          const rows = await session.all(`explain ${sql}`, ...values);
          return rows.flatMap((row) => /Index Cond: (.*)/.exec(String(row["QUERY PLAN"]))?.[1] ?? []);
        });
      const conditions = [
        ...(await conditionsOf(walkedSql, ...page, 200)),
        ...(await conditionsOf(eventPageSql, ...page)),
      ].map((condition) => condition.replaceAll(`'${nil}'::uuid`, "?").replaceAll(/\w+\.(?=id)/g, ""));
      expect(conditions).toEqual([
        "((environment_id = 1) AND (id < ?))",
        "(event_id = ?)",
        "((environment_id = 1) AND (id = id))",
      ]);
      await store.close();
    });
  });
}
