import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connect } from "../../../packages/server/src/store/postgres/connection.ts";
import { openPostgresPool, postgresStore } from "../../../packages/server/src/store/postgres/postgres.ts";
import { Servers } from "../../../packages/server/src/store/postgres/servers.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import type { PostgresVersion } from "../servers/postgres-programs.ts";
import { sql } from "../servers/postgres-sql.ts";
import { ownDatabase, poolSettings } from "./database.ts";

const tls = { mode: "off", caFile: "" } as const;

/** Which of several servers is used, and what becomes of a connection that is of no use any more. */
export function connectionsSuite(version: PostgresVersion, server: () => Postgres): void {
  describe("connections to a database with a standby", () => {
    let standby: Postgres;
    beforeAll(async () => {
      standby = await startPostgres({ version, replicaOf: server() });
    });
    afterAll(() => standby.remove());

    test("go to the server that takes writes, wherever it stands in the list", async () => {
      const { url } = server();
      const settings = {
        ...poolSettings(url),
        servers: new Servers([standby.url, url].map((each) => ({ url: each, tls }))),
      };
      const client = await connect(settings, () => {});
      expect(client.port).toBe(server().port);
      await client.end();
      const alone = { ...settings, servers: new Servers([{ url: standby.url, tls }]) };
      await expect(connect(alone, () => {})).rejects.toThrow(`127.0.0.1:${standby.port} is a standby`);
    });

    test("are thrown away where their server takes no writes any more", async () => {
      const url = await ownDatabase(server());
      const pool = await openPostgresPool({ ...poolSettings(url), connectionsMax: 1 });
      const store = postgresStore(pool, { number: 1, holderOf: () => 0 }, { onCall: () => {} });
      const write = () => store.purgeExpiredKeys({ now: 0, limit: 1 });
      await write();
      const turn = (value: string): Promise<unknown> =>
        sql(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = ${value}`);
      await turn("on");
      // A session goes on with what it began with.
      const lent = await pool.take("critical");
      await lent.session.exec("set default_transaction_read_only = on");
      lent.release(false);
      await expect(write()).rejects.toThrow("read-only transaction");
      await expect(connect({ ...poolSettings(url) }, () => {})).rejects.toThrow("takes no writes");
      const admin = new pg.Client({ connectionString: url, options: "-c default_transaction_read_only=off" });
      await admin.connect();
      await admin.query(`alter database ${new URL(url).pathname.slice(1)} reset default_transaction_read_only`);
      await admin.end();
      await vi.waitUntil(
        () =>
          write().then(
            () => true,
            () => false,
          ),
        { timeout: 10_000, interval: 50 },
      );
      await store.close();
    });

    test("let go of what they have locked when their process is silent in the middle of it", async () => {
      const url = await ownDatabase(server());
      await sql(url, "create table counted (id int primary key); insert into counted values (1)");
      const ended = vi.fn();
      const client = await connect({ ...poolSettings(url), silentMaxMs: 300 }, ended);
      await client.query("begin; update counted set id = 2");
      await sql(url, "set statement_timeout = 10000; update counted set id = 3");
      expect(await sql(url, "select id from counted")).toEqual([{ id: 3 }]);
      await vi.waitUntil(() => ended.mock.calls.length === 1, { timeout: 10_000 });
    });
  });
}
