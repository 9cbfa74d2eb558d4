import { hostname } from "node:os";
import type { WorkerFacts } from "@tidings/contract/workers";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import { MemoryLimiter } from "../limiter/memory.ts";
import { noFacts } from "../ports/workers.ts";
import { openSqliteStore } from "../store/sqlite/thread.ts";
import type { EngineParts, Engines } from "./engine-parts.ts";
import { openPostgres } from "./postgres.ts";

export function openEngines(parts: EngineParts): Promise<Engines> {
  return parts.config.database.url === undefined ? openEmbedded(parts) : openPostgres(parts, parts.config.database.url);
}

/** One process on one data directory. */
async function openEmbedded({ config, clock, node, dataDir, metrics, hooks }: EngineParts): Promise<Engines> {
  const { store: given } = config;
  const store = await openSqliteStore(
    {
      directory: dataDir,
      cacheMib: given.pageCacheMib,
      checkpointPages: given.walCheckpointPages,
      turnMs: given.turnMs,
      turnGapMs: given.turnGapMs,
      turnGapMaxMs: given.turnGapMaxMs,
      turnCallsMax: given.turnCallsMax,
      waitingMax: given.queuedRequestsMax,
    },
    {
      onTurn: (turnMs, calls) => {
        metrics.storeTurnSeconds.observe(turnMs / 1000);
        metrics.storeTurnRows.observe(calls);
      },
      onFault: hooks.onFatal,
    },
  );
  const startedAt = clock.now();
  const { roles } = config.process;
  let factsOf = (): WorkerFacts => noFacts;
  return {
    store,
    broadcast: new InProcessBroadcast((error) => hooks.log.error("a receiver of a hint met a fault", { error })),
    limiter: new MemoryLimiter(clock, { keysMax: config.deliver.limiterKeysMax }),
    workers: {
      list: async () => [
        {
          node,
          roles,
          version: hooks.version,
          host: hostname(),
          pid: process.pid,
          startedAt,
          heartbeatAt: clock.now(),
          heartbeatAgeMs: 0,
          state: "alive",
          facts: factsOf(),
        },
      ],
    },
    leases: { hold: async () => true },
    holdWhere: () => {},
    published: undefined,
    openTopics: undefined,
    leave: async () => {},
    describeWith: (facts) => {
      factsOf = facts;
    },
    shared: false,
  };
}
