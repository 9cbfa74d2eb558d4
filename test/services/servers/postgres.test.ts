import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { pause } from "../../harness/pause.ts";
import { startPostgres } from "./postgres.ts";
import { type PostgresVersion, whyNoPostgres } from "./postgres-programs.ts";
import { sql } from "./postgres-sql.ts";

const versions: readonly PostgresVersion[] = ["15", "17"];

// In CI a missing server is a failure; elsewhere the suite is skipped, and its name says why.
for (const version of versions) {
  const reason = whyNoPostgres(version);
  const name = `PostgreSQL ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => behaviours(version));
}

function behaviours(version: PostgresVersion): void {
  const removals: (() => Promise<void>)[] = [];
  const start: typeof startPostgres = async (options) => {
    const server = await startPostgres(options);
    removals.push(server.remove);
    return server;
  };

  afterAll(async () => {
    for (const remove of removals.reverse()) await remove();
  });

  it("keeps what was committed over kill -9", async () => {
    const server = await start({ version, settings: { work_mem: "5MB" } });
    const [row] = await sql(
      server.url,
      "select version(), current_user as name, current_setting('work_mem') as memory",
    );
    console.log(row?.["version"]);
    expect(row).toMatchObject({ name: "tidings", memory: "5MB" });
    expect(row?.["version"]).toContain(`PostgreSQL ${version}.`);
    await sql(server.url, "create table kept (id int primary key)");
    await sql(server.url, "insert into kept select generate_series(1, 1000)");
    const killed = server.pid;
    await server.kill9();
    await expect(sql(server.url, "select 1")).rejects.toThrow();
    await server.restart();
    expect(server.pid).not.toBe(killed);
    expect(await sql(server.url, "select count(*)::int from kept")).toEqual([{ count: 1000 }]);
    expect(server.log()).toContain("automatic recovery in progress");
  });

  it("has a standby that takes over", async () => {
    const primary = await start({ version });
    await sql(primary.url, "create table kept (id int primary key)");
    const standby = await start({ version, replicaOf: primary });
    await sql(primary.url, "insert into kept values (1), (2)");
    await untilRows(standby.url, "select id from kept", 2);
    await expect(sql(standby.url, "insert into kept values (3)")).rejects.toThrow("read-only");
    await primary.kill9();
    await standby.promote();
    await sql(standby.url, "insert into kept values (3)");
    expect(await sql(standby.url, "select count(*)::int from kept")).toEqual([{ count: 3 }]);
  });

  it("speaks TLS alone when it has a certificate", async () => {
    const server = await start({ version, tls: true });
    const url = await server.createDatabase("another one");
    expect(
      await sql(url, "select current_database() as name, ssl from pg_stat_ssl where pid = pg_backend_pid()"),
    ).toEqual([{ name: "another one", ssl: true }]);
    const plain = new URL(url);
    plain.search = "";
    await expect(sql(plain.href, "select 1")).rejects.toThrow("pg_hba.conf");
    // Only who knows the CA trusts the server.
    const stranger = new pg.Client({ connectionString: plain.href, ssl: true });
    await expect(stranger.connect()).rejects.toThrow(/certificate/);
    expect(readFileSync(server.caPath ?? "", "utf8")).toContain("BEGIN CERTIFICATE");
  });
}

async function untilRows(url: string, query: string, count: number): Promise<void> {
  for (const end = Date.now() + 30_000; ; await pause(50)) {
    const rows = await sql(url, query);
    if (rows.length >= count) return;
    if (Date.now() > end) throw new Error(`${rows.length} rows`);
  }
}
