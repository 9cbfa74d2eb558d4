import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Api } from "../../../harness/api.ts";
import { stopChild } from "../../../harness/child.ts";
import { pause } from "../../../harness/pause.ts";
import { type ServerProcess, startServerProcess } from "../../../harness/server-process.ts";
import type { Postgres } from "../../servers/postgres.ts";
import { sql } from "../../servers/postgres-sql.ts";
import { ownDatabase } from "../database.ts";
import { on } from "./reading-store.ts";

const masterKey = Buffer.alloc(32, 7).toString("base64");

/** Whole servers with TIDINGS_DATABASE_REPLICA_URL. */
export function serverSuite(servers: () => { primary: Postgres; standby: Postgres }): void {
  describe("a server with a replica", () => {
    let dataDir: string;
    let url: string;
    beforeEach(async () => {
      dataDir = mkdtempSync(join(tmpdir(), "tidings-replica-"));
      url = await ownDatabase(servers().primary);
    });
    afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

    const start = (replicaUrl: string): Promise<ServerProcess> =>
      startServerProcess(dataDir, {
        TIDINGS_MASTER_KEY: masterKey,
        TIDINGS_DATABASE_URL: url,
        TIDINGS_DATABASE_REPLICA_URL: replicaUrl,
        TIDINGS_DATABASE_REPLICA_RETRY_MS: "100",
        TIDINGS_DATABASE_REPLICA_LAG_MAX_MS: "1000",
        TIDINGS_WORKER_HEARTBEAT_MS: "100",
      });

    async function inServer(replicaUrl: string, body: (api: Api, server: ServerProcess) => Promise<void>) {
      const server = await start(replicaUrl);
      const api = new Api(server.url);
      try {
        await body(api, server);
      } finally {
        await api.close();
        await stopChild(server);
      }
    }

    test("reads lists from it, tells so, and answers about an event that was just taken in", async () => {
      const { standby } = servers();
      await inServer(`${on(standby.port, url)}?target_session_attrs=standby`, async (api, server) => {
        await untilFigure(server, "tidings_replica_used", 1);
        expect((await api.call("GET", "/v1/messages")).json).toEqual({ items: [] });
        expect(await figure(server, 'tidings_replica_reads_total{outcome="replica"}')).toBeGreaterThan(0);
        expect(await figure(server, "tidings_replica_behind_seconds")).toBeLessThan(1);
        await untilReplica(api, { state: "used" });
        await sql(standby.adminUrl, "select pg_wal_replay_pause()");
        try {
          const accepted = await api.call("POST", "/v1/events", { name: "nobody.asked", recipients: ["u"] });
          expect(accepted.status).toBe(202);
          const { id } = accepted.json as { id: string };
          expect(await api.call("GET", `/v1/events/${id}`)).toMatchObject({ status: 200, json: { id } });
          await untilFigure(server, "tidings_replica_used", 0);
          expect((await api.call("GET", "/v1/messages")).status).toBe(200);
          expect((await api.call("GET", "/v1/queues")).status).toBe(200);
          await untilReplica(api, { state: "aside", reason: "behind" });
        } finally {
          await sql(standby.adminUrl, "select pg_wal_replay_resume()");
        }
        await untilFigure(server, "tidings_replica_used", 1);
      });
    });

    test("does not start with one of another database, and says which", async () => {
      const { standby } = servers();
      await expect(start(standby.url).then(stopChild)).rejects.toThrow(
        `TIDINGS_DATABASE_REPLICA_URL: the server at 127.0.0.1:${standby.port} has another database`,
      );
    });

    test("starts without it where it is away", async () => {
      await inServer(on(1, url), async (api, server) => {
        expect((await api.call("GET", "/v1/messages")).status).toBe(200);
        expect(await figure(server, "tidings_replica_used")).toBe(0);
        expect(await figure(server, "tidings_replica_behind_seconds")).toBeUndefined();
        expect(await figure(server, 'tidings_replica_reads_total{outcome="aside"}')).toBeGreaterThan(0);
        await untilReplica(api, { state: "aside", reason: "unavailable" });
      });
    });
  });
}

/** Undefined where it is not told. */
async function figure({ url }: ServerProcess, name: string): Promise<number | undefined> {
  // The connection is closed after it: a server that stops waits for those that are kept.
  const { body } = await request(`${url}/metrics`, { reset: true });
  const text = await body.text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

async function untilFigure(server: ServerProcess, name: string, value: number): Promise<void> {
  for (const end = Date.now() + 20_000; ; await pause(20)) {
    const found = await figure(server, name);
    if (found === value) return;
    if (Date.now() > end) throw new Error(`${name} is ${found}`);
  }
}

/** Until the process tells this of its replica in the list of workers. */
async function untilReplica(api: Api, told: Record<string, unknown>): Promise<void> {
  for (const end = Date.now() + 20_000; ; await pause(20)) {
    const { json } = await api.call("GET", "/v1/workers");
    try {
      expect(json).toMatchObject({ items: [{ replica: told }] });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
