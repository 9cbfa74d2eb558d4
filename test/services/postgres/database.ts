import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import type { Holding } from "../../../packages/server/src/store/postgres/context.ts";
import type { Pool } from "../../../packages/server/src/store/postgres/pool.ts";
import { openPostgresPool, postgresStore } from "../../../packages/server/src/store/postgres/postgres.ts";
import { Servers } from "../../../packages/server/src/store/postgres/servers.ts";
import type { Postgres } from "../servers/postgres.ts";

let databases = 0;

/** A database of its own on a test's server. */
export async function ownDatabase(server: Postgres): Promise<string> {
  databases += 1;
  return server.createDatabase(`own_${process.pid}_${databases}`);
}

export const poolSettings = (url: string) => ({
  servers: new Servers([{ url, tls: { mode: "off" as const, caFile: "" } }]),
  connectTimeoutMs: 5000,
  statementTimeoutMs: 10_000,
  silentMaxMs: 10_000,
  applicationName: "tidings-test",
  connectionsMax: 4,
  waitingMax: 10_000,
  waitMaxMs: 10_000,
});

/** A store as one process has it. */
export async function openStore(
  url: string,
  holding: Holding = { number: 1, holderOf: () => 0 },
): Promise<{ store: Store; pool: Pool }> {
  const pool = await openPostgresPool(poolSettings(url));
  return { store: postgresStore(pool, holding, { onCall: () => {} }), pool };
}
