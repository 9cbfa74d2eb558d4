import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresPool } from "../../../packages/server/src/store/postgres/postgres.ts";
import { withSession } from "../../../packages/server/src/store/postgres/with-session.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import type { PostgresVersion } from "../servers/postgres-programs.ts";
import { sql } from "../servers/postgres-sql.ts";
import { ownDatabase, poolSettings } from "./database.ts";

export function durabilitySuite(version: PostgresVersion): void {
  let own: Postgres;
  const server = (): Postgres => own;
  // One of its own: it is killed.
  beforeAll(async () => {
    own = await startPostgres({ version });
  });
  afterAll(() => own.remove());

  describe("a database that would lose what it commits", () => {
    test("is refused at the start, by the name of the setting", async () => {
      const url = await ownDatabase(server());
      await sql(url, `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
      await expect(openPostgresPool(poolSettings(url))).rejects.toThrow("synchronous_commit = off");
    });
  });

  describe("a database that is away", () => {
    test("is waited for by what is called meanwhile, and what was committed is there", async () => {
      const settings = poolSettings(await ownDatabase(server()));
      const pool = await openPostgresPool(settings);
      const one = () =>
        withSession(pool, "critical", (session) => session.get("select count(*) as count from environment"));
      // Each connection that was lost is found out by a call at most, which fails.
      const oneInTheEnd = async () => {
        for (let lost = 0; lost < settings.connectionsMax; lost += 1) {
          const row = await one().catch(() => undefined);
          if (row !== undefined) return row;
        }
        return one();
      };
      expect(await one()).toEqual({ count: 0 });
      await server().kill9();
      const waiting = oneInTheEnd();
      await server().restart();
      expect(await waiting).toEqual({ count: 0 });
      await pool.end();
    }, 60_000);
  });
}
