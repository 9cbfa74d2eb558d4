import type { WorkerReplica } from "@tidings/contract/workers";
import { replicaServers } from "../lib/database-url.ts";
import { settingsOfServers } from "../store/postgres/connection-settings.ts";
import { Pool } from "../store/postgres/pool.ts";
import { examineWith } from "../store/postgres/replica/examine.ts";
import { Freshness } from "../store/postgres/replica/freshness.ts";
import { Heartbeats } from "../store/postgres/replica/heartbeats.ts";
import { identityOf } from "../store/postgres/replica/identity.ts";
import { refuseForeign } from "../store/postgres/replica/refuse-foreign.ts";
import { type ReadOutcome, Replica } from "../store/postgres/replica/replica.ts";
import { withSession } from "../store/postgres/with-session.ts";
import type { WorkerRegistry } from "../store/postgres/workers.ts";
import type { EngineParts } from "./engine-parts.ts";

/** The replica that the settings name, once it is known that no server of it has another database. */
export async function openReplica(
  { config, node, metrics, hooks }: EngineParts,
  primary: Pool,
  registry: WorkerRegistry,
): Promise<Replica | undefined> {
  const { database } = config;
  if (database.replicaUrl === undefined) return undefined;
  const named = replicaServers(database.replicaUrl);
  if ("fault" in named) throw new Error(`TIDINGS_DATABASE_REPLICA_URL ${named.fault}`);
  const own = await withSession(primary, "critical", identityOf);
  const { replicaTimeoutMs: timeoutMs, replicaRetryMs: retryMs, replicaLagMaxMs: lagMaxMs } = database;
  const bounded = { ...database, connectTimeoutMs: timeoutMs, statementTimeoutMs: timeoutMs };
  const reaching = (urls: readonly string[]) => settingsOfServers(bounded, urls, `tidings ${node} reads`);
  try {
    await refuseForeign(
      own,
      named.urls.map((url) => reaching([url])),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`TIDINGS_DATABASE_REPLICA_URL: ${why} than TIDINGS_DATABASE_URL, and is no copy of it`);
  }
  const heartbeats = new Heartbeats(lagMaxMs);
  registry.tellBeats(heartbeats);
  const freshness = new Freshness(node, heartbeats, lagMaxMs);
  const pool = new Pool({
    ...reaching(named.urls),
    examine: examineWith(own, freshness),
    connectionsMax: database.replicaConnectionsMax,
    waitingMax: config.store.queuedRequestsMax,
    waitMaxMs: timeoutMs,
    impatient: true,
  });
  const figures = metrics.replica(() => replica.stand);
  const replica: Replica = new Replica(
    pool,
    freshness,
    { timeoutMs, retryMs },
    {
      onRead: (outcome: ReadOutcome) => figures.reads[outcome].inc(),
      onTurn: (stand, error) => tell(hooks.log, stand, error),
    },
  );
  return replica;
}

function tell(log: EngineParts["hooks"]["log"], { state, reason }: WorkerReplica, error: unknown): void {
  if (state === "used") log.info("reads go to the replica");
  else log.warn("the replica is left aside: what is read goes to the primary", { reason: reason ?? "", error });
}
