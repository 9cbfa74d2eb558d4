import type { WorkerFacts } from "@tidings/contract/workers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Pool } from "../../../packages/server/src/store/postgres/pool.ts";
import { openPostgresPool } from "../../../packages/server/src/store/postgres/postgres.ts";
import { WorkerRegistry } from "../../../packages/server/src/store/postgres/workers.ts";
import type { Postgres } from "../servers/postgres.ts";
import { ownDatabase, poolSettings } from "./database.ts";

const onFault = (error: unknown): void => {
  throw error;
};

export function workerFactsSuite(server: () => Postgres): void {
  describe("workers tell of themselves", () => {
    let pool: Pool;
    const registries: WorkerRegistry[] = [];
    beforeAll(async () => {
      pool = await openPostgresPool(poolSettings(await ownDatabase(server())));
    });
    afterAll(async () => {
      for (const registry of registries) await registry.stop();
      await pool.end();
    });

    async function started(node: string, heartbeatMs: number, facts?: WorkerFacts): Promise<WorkerRegistry> {
      const self = { node, roles: ["api", "deliver"], version: "1.2.3", host: "machine", pid: 7, place: "" };
      const registry = new WorkerRegistry(pool, self, { heartbeatMs, leaseMs: 600_000 }, onFault);
      registries.push(registry);
      if (facts !== undefined) registry.describeWith(() => facts);
      await registry.start();
      return registry;
    }

    async function set(node: string, column: string, value: string): Promise<void> {
      const lent = await pool.take("critical");
      await lent.session.run(`update worker set ${column} = $2 where node = $1`, node, value);
      lent.release(false);
    }

    const ofNode = async (registry: WorkerRegistry, node: string) =>
      (await registry.list()).find((worker) => worker.node === node);

    test("what a process has in hand is told to every other one with its heartbeat", async () => {
      const facts: WorkerFacts = {
        inFlight: 3,
        buffers: [
          {
            integration: "smtp",
            channel: "email",
            lanes: ["marketing"],
            waiting: 9,
            inFlight: 3,
            reason: "rate_limited",
          },
        ],
      };
      await started("busy", 20, facts);
      const asking = await started("asking", 60_000);
      const told = await vi.waitUntil(async () => {
        const worker = await ofNode(asking, "busy");
        return worker?.facts.inFlight === 3 ? worker : undefined;
      });
      expect(told).toMatchObject({ roles: ["api", "deliver"], version: "1.2.3", host: "machine", pid: 7, facts });
      expect((await ofNode(asking, "asking"))?.facts).toEqual({ inFlight: 0, buffers: [] });
    });

    test("a worker is late once it has not been heard of for three heartbeats", async () => {
      await started("silent", 600_000);
      const patient = await started("patient", 60_000);
      await set("silent", "heartbeat_at", String(Date.now() - 170_000));
      expect(await ofNode(patient, "silent")).toMatchObject({ state: "alive", heartbeatAgeMs: expect.any(Number) });
      await set("silent", "heartbeat_at", String(Date.now() - 190_000));
      const late = await ofNode(patient, "silent");
      expect([late?.state, Math.round((late?.heartbeatAgeMs ?? 0) / 10_000)]).toEqual(["late", 19]);
    });

    test("a worker that tells of itself in a form that is not known is listed, with nothing in hand", async () => {
      const newer = await started("newer", 600_000);
      await set("newer", "facts", '{"inFlight":"many","lines":[]}');
      expect(await ofNode(newer, "newer")).toMatchObject({ state: "alive", facts: { inFlight: 0, buffers: [] } });
    });
  });
}
