import { hostname } from "node:os";
import { PostgresBroadcast } from "../broadcast/postgres.ts";
import { placeOfProcess } from "../lib/place.ts";
import type { Cadence } from "../limiter/cadence.ts";
import { SharedLimiter } from "../limiter/shared.ts";
import { connect } from "../store/postgres/connection.ts";
import { connectionSettings } from "../store/postgres/connection-settings.ts";
import { PostgresLeases } from "../store/postgres/leases.ts";
import { PostgresOpenTopics } from "../store/postgres/open-topics.ts";
import { Partitions } from "../store/postgres/partitions.ts";
import { openPostgresPool, postgresStore } from "../store/postgres/postgres.ts";
import { PublishedRows } from "../store/postgres/published.ts";
import { RateStates } from "../store/postgres/rate-states.ts";
import { readingFrom } from "../store/postgres/replica-reads.ts";
import { WorkerRegistry } from "../store/postgres/workers.ts";
import type { EngineParts, Engines } from "./engine-parts.ts";
import { openReplica } from "./replica.ts";

/** How often parts of tables are looked after. */
const partitionsEveryMs = 600_000;

/** Any number of processes on one database. */
export async function openPostgres(parts: EngineParts, url: string): Promise<Engines> {
  const { config, clock, node, metrics, hooks } = parts;
  const { database } = config;
  const connection = connectionSettings(database, url, `tidings ${node}`);
  const pool = await openPostgresPool({
    ...connection,
    connectionsMax: database.connectionsMax,
    waitingMax: config.store.queuedRequestsMax,
    waitMaxMs: database.waitMaxMs,
  });
  const { roles } = config.process;
  const place = placeOfProcess();
  const self = { node, roles, version: hooks.version, host: hostname(), pid: process.pid, place };
  const registry = new WorkerRegistry(pool, self, database, (error) =>
    hooks.log.error("a heartbeat was not written", { error }),
  );
  const replica = await openReplica(parts, pool, registry);
  await registry.start();
  await replica?.start();
  const primary = postgresStore(pool, registry, {
    onCall: (tookMs) => metrics.storeTurnSeconds.observe(tookMs / 1000),
  });
  const store = replica === undefined ? primary : readingFrom(replica, primary);
  const leases = new PostgresLeases(pool, node);
  const partitions = new Partitions(pool, database);
  await partitions.keep(clock.now());
  const keeping = setInterval(() => void keep(), partitionsEveryMs);
  const keep = async (): Promise<void> => {
    try {
      if (await leases.hold("partitions", partitionsEveryMs)) await partitions.keep(clock.now());
    } catch (error) {
      hooks.log.error("parts of tables could not be made or dropped", { error });
    }
  };
  const broadcast = new PostgresBroadcast({
    connect: (onEnd) => connect(connection, onEnd),
    clock,
    node,
    onFault: (error) => hooks.log.error("a hint met a fault", { error }),
  });
  await broadcast.start();
  return {
    store: {
      ...store,
      close: async () => {
        clearInterval(keeping);
        await registry.stop();
        await store.close();
        await replica?.close();
      },
    },
    broadcast,
    limiter: new SharedLimiter(new RateStates<Cadence>(pool), clock),
    workers: registry,
    leases,
    describeWith: (facts) =>
      registry.describeWith(() => ({ ...facts(), ...(replica === undefined ? {} : { replica: replica.stand }) })),
    holdWhere: (wayOf) => registry.holdWhere(wayOf),
    published: new PublishedRows(pool),
    openTopics: new PostgresOpenTopics(pool, registry),
    leave: async (underWay) => {
      await registry.leave(underWay);
      // All queues: who polls rarely, as its memory is full, looks now.
      broadcast.publish("work");
    },
    shared: true,
  };
}
