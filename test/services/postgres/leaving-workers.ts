import pg from "pg";
import { describe, expect, test } from "vitest";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { openPostgresPool } from "../../../packages/server/src/store/postgres/postgres.ts";
import { withSession } from "../../../packages/server/src/store/postgres/with-session.ts";
import { beat, registerWorker, takeOutSilent } from "../../../packages/server/src/store/postgres/worker-calls.ts";
import type { Self } from "../../../packages/server/src/store/postgres/worker-self.ts";
import { pause } from "../../harness/pause.ts";
import type { Postgres } from "../servers/postgres.ts";
import { ownDatabase, poolSettings } from "./database.ts";
import { dueOf, openWorker, until } from "./open-worker.ts";

/** What processes leave to each other, and when they do not. */
export function leavingWorkersSuite(server: () => Postgres): void {
  describe("workers", () => {
    test("that leave give others what waits in them at once, and keep what they have begun", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a"), await openWorker(url, "b")];
      a.registry.holdWhere(() => "held");
      const corner = await openCorner(a.store);
      const event = await corner.accepted();
      const waiting = await corner.queued();
      const started = await corner.queued();
      expect(await dueOf(corner, a.store, "a")).toHaveLength(2);
      await corner.start(started, { node: "a" });
      const webhook = await corner.webhook();
      await corner.dead();
      await corner.dead();
      const deliveries = async (store: Store) => {
        const found = await store.dueWebhookDeliveries({ now: corner.at, limit: 100, perEndpointMax: 100 });
        return found.filter(({ webhookId }) => webhookId === webhook.id).map(({ id }) => id);
      };
      const [called = "", ...others] = await deliveries(a.store);
      await a.registry.leave(() => ({ effects: [], webhooks: [called] }));
      expect(await dueOf(corner, b.store, "b")).toEqual([waiting.id]);
      expect(await b.store.dueEvents({ lane: "transactional", now: corner.at, limit: 10 })).toEqual([event.id]);
      expect(await deliveries(b.store)).toEqual(others);
      expect(others.length).toBeGreaterThan(0);
      // What comes from now on is nobody's, and what is under way is not taken for lost.
      const next = await corner.accepted();
      expect(await b.store.dueEvents({ lane: "transactional", now: corner.at, limit: 10 })).toContain(next.id);
      expect(await b.store.loadDeliveries({ ids: [started.id], lane: "transactional" })).toEqual([]);
      await a.end();
      expect(await dueOf(corner, b.store, "b")).toContain(started.id);
      await b.end();
    });

    test("that were all silent, as the database was away, do not take each other for gone", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a", "", 2000), await openWorker(url, "b", "", 2000)];
      const numbers = [a.registry.number, b.registry.number];
      // Longer than a lease nobody comes through; then one of them is first.
      const unlock = await locked(url, "worker", 3000);
      await unlock();
      await until(
        async () => (await a.registry.list()).map(({ heartbeatAgeMs }) => heartbeatAgeMs),
        (ages) => ages.length === 2 && ages.every((age) => age < 1000),
      );
      expect([a.registry.number, b.registry.number]).toEqual(numbers);
      await Promise.all([a.end(), b.end()]);
    });

    test("take nobody out with a statement that was held up for so long that they are silent themselves", async () => {
      const url = await ownDatabase(server());
      const pool = await openPostgresPool(poolSettings(url));
      const left = await withSession(pool, "critical", async (session) => {
        const numberOf = async (node: string) => (await registerWorker(session, { ...self, node })).number;
        const [own, other] = [await numberOf("own"), await numberOf("other")];
        const silent = (number: number) =>
          session.run("update worker set heartbeat_at = heartbeat_at - 60000 where number = $1", number);
        const takenOut = async () => {
          await takeOutSilent(session, own, 2000);
          return (await session.all("select node from worker order by node")).map(({ node }) => node);
        };
        await Promise.all([silent(own), silent(other)]);
        const heldUp = await takenOut();
        await beat(session, own, "{}");
        return [heldUp, await takenOut()];
      });
      expect(left).toEqual([["other", "own"], ["own"]]);
      await pool.end();
    });
  });
}

const self: Self = { node: "", roles: ["api"], version: "1", host: "h", pid: 2 ** 30, place: "" };

/** Locks a table for a while; gives what lets it go, after that while. */
async function locked(url: string, table: string, forMs: number): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; lock table ${table}`);
  await pause(forMs);
  return async () => {
    await client.query("commit");
    await client.end();
  };
}
