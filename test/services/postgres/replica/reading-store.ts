import type { Store } from "../../../../packages/server/src/ports/store/store.ts";
import { Pool } from "../../../../packages/server/src/store/postgres/pool.ts";
import { openPostgresPool, postgresStore } from "../../../../packages/server/src/store/postgres/postgres.ts";
import { examineWith } from "../../../../packages/server/src/store/postgres/replica/examine.ts";
import { Freshness } from "../../../../packages/server/src/store/postgres/replica/freshness.ts";
import { Heartbeats } from "../../../../packages/server/src/store/postgres/replica/heartbeats.ts";
import { identityOf } from "../../../../packages/server/src/store/postgres/replica/identity.ts";
import { type ReadOutcome, Replica } from "../../../../packages/server/src/store/postgres/replica/replica.ts";
import { readingFrom } from "../../../../packages/server/src/store/postgres/replica-reads.ts";
import { Servers } from "../../../../packages/server/src/store/postgres/servers.ts";
import { withSession } from "../../../../packages/server/src/store/postgres/with-session.ts";
import { WorkerRegistry } from "../../../../packages/server/src/store/postgres/workers.ts";
import { pause } from "../../../harness/pause.ts";
import { poolSettings } from "../database.ts";

export const heartbeatMs = 50;

export interface Reading {
  /** What the API has: some of its calls are answered by the replica. */
  store: Store;
  primary: Store;
  replica: Replica;
  /** Who answered the reads so far, in order. */
  outcomes: ReadOutcome[];
  registry: WorkerRegistry;
  close(): Promise<void>;
}

export interface ReadingOptions {
  url: string;
  /** In the order in which they are tried. */
  replicaUrls: readonly string[];
  lagMaxMs?: number;
  timeoutMs?: number;
  retryMs?: number;
}

let nodes = 0;

/** A process's store with a replica, put together as the server does it, with short times. */
export async function openReading(options: ReadingOptions): Promise<Reading> {
  const { url, replicaUrls, lagMaxMs = 60_000, timeoutMs = 5000, retryMs = 100 } = options;
  nodes += 1;
  const node = `reader ${process.pid} ${nodes}`;
  const pool = await openPostgresPool(poolSettings(url));
  const self = { node, roles: ["api"], version: "1", host: "h", pid: 2 ** 30, place: "" };
  const registry = new WorkerRegistry(pool, self, { heartbeatMs, leaseMs: 60_000 }, () => {});
  const heartbeats = new Heartbeats(lagMaxMs);
  registry.tellBeats(heartbeats);
  const freshness = new Freshness(node, heartbeats, lagMaxMs);
  const replicaPool = new Pool({
    ...poolSettings(url),
    servers: new Servers(replicaUrls.map((each) => ({ url: each, tls: { mode: "off", caFile: "" } }))),
    connectTimeoutMs: timeoutMs,
    statementTimeoutMs: timeoutMs,
    waitMaxMs: timeoutMs,
    applicationName: node,
    impatient: true,
    examine: examineWith(await withSession(pool, "critical", identityOf), freshness),
  });
  const outcomes: ReadOutcome[] = [];
  const hooks = { onRead: (outcome: ReadOutcome) => void outcomes.push(outcome), onTurn: () => {} };
  const replica = new Replica(replicaPool, freshness, { timeoutMs, retryMs }, hooks);
  await registry.start();
  await replica.start();
  const primary = postgresStore(pool, registry, { onCall: () => {} });
  return {
    store: readingFrom(replica, primary),
    primary,
    replica,
    outcomes,
    registry,
    close: async () => {
      await registry.stop();
      await primary.close();
      await replica.close();
    },
  };
}

/** The same database on another server. */
export function on(port: number, url: string): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}

export async function untilStand(
  { replica }: Pick<Reading, "replica">,
  state: "used" | "aside",
  reason?: string,
): Promise<void> {
  for (const end = Date.now() + 30_000; ; await pause(10)) {
    if (replica.stand.state === state && (reason === undefined || replica.stand.reason === reason)) return;
    if (Date.now() > end) throw new Error(`the replica stands ${JSON.stringify(replica.stand)}`);
  }
}
