import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import type { Corner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { openPostgresPool, postgresStore } from "../../../packages/server/src/store/postgres/postgres.ts";
import { WorkerRegistry } from "../../../packages/server/src/store/postgres/workers.ts";
import { pause } from "../../harness/pause.ts";
import { poolSettings } from "./database.ts";

/** A process among the workers of a database, with its store. */
export async function openWorker(url: string, node: string, place = "", leaseMs = 400) {
  const pool = await openPostgresPool(poolSettings(url));
  const faults: unknown[] = [];
  const self = { node, roles: ["api"], version: "1", host: "h", pid: 2 ** 30, place };
  const registry = new WorkerRegistry(pool, self, { heartbeatMs: 50, leaseMs }, (error) => faults.push(error));
  await registry.start();
  const store = postgresStore(pool, registry, { onCall: () => {} });
  return {
    pool,
    registry,
    store,
    faults,
    end: async () => {
      await registry.stop();
      await store.close();
    },
  };
}

export const dueOf = (corner: Corner, store: Store, node: string) =>
  store.dueMessages({ lane: "transactional", channel: "email", now: corner.at, limit: 1000, node });

export async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 10_000; ; ) {
    const answer = await ask();
    if (enough(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)}`);
    await pause(20);
  }
}
