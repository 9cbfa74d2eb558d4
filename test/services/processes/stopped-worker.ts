import type { MessageView } from "@tidings/contract/messages";
import { type Lane, lanes } from "@tidings/contract/words";
import { expect, test, vi } from "vitest";
import type { Acknowledged } from "../../harness/event-load.ts";
import { messagesOf } from "../../harness/messages-of.ts";
import { untilAtRest } from "../../harness/rest.ts";
import { explainDoubles, judgeDeliveries } from "../../harness/verdict.ts";
import type { Engine } from "./engines.ts";
import { heldBy } from "./held-by.ts";
import { isLost, isSettled, resolvedAt, stateOf } from "./lost-messages.ts";
import { postEvents } from "./post-events.ts";
import { postUntilBusy } from "./post-until-busy.ts";
import { untilWorker, workerOf } from "./workers-view.ts";
import { inWorld } from "./world.ts";

const leaseMs = 2000;
const heartbeatMs = 300;
const latencyMs = 4000;
const elsewhereWithinMs = leaseMs + 5000;
/** So few that all of them have begun at once, whichever process has them. */
const firstOfLane = 20;
const perLane = 60;

export function stoppedWorkerSuite(engine: () => Engine): void {
  test("what a stopped process held goes on elsewhere once its lease is over, and what it tells afterwards is fenced", async () => {
    const options = {
      roles: [["api", "orchestrate"], ["deliver"], ["deliver"]],
      settings: { TIDINGS_WORKER_LEASE_MS: String(leaseMs), TIDINGS_WORKER_HEARTBEAT_MS: String(heartbeatMs) },
      faults: { latencyMs: { min: latencyMs, max: latencyMs } },
      limits: { maxInFlight: 100, timeoutMs: 60_000 },
    } as const;
    await inWorld(engine(), options, async ({ api, cluster, journal, databaseUrl }) => {
      const [stopped, other] = cluster.with("deliver");
      if (stopped === undefined || other === undefined) throw new Error("nobody delivers");
      // It stands still meanwhile, so that this one has some of each lane: what is lost is resolved by class.
      other.signal("SIGSTOP");
      const acknowledged: Acknowledged[] = [];
      for (const lane of lanes) acknowledged.push(...(await postEvents(api, lane, firstOfLane)));
      // Begun, and not only placed.
      const hasBegun = async (lane: Lane) => (await heldBy(databaseUrl, stopped.pid, "sending", [lane])) > 0;
      await vi.waitUntil(async () => (await Promise.all(lanes.map(hasBegun))).every(Boolean), { timeout: 20_000 });
      for (const lane of lanes) acknowledged.push(...(await postEvents(api, lane, perLane - firstOfLane)));
      other.signal("SIGCONT");
      const stoppedAt = Date.now();
      stopped.signal("SIGSTOP");
      const all = (): Promise<MessageView[]> => messagesOf(api, acknowledged);
      await vi.waitUntil(async () => (await all()).every(isSettled), { timeout: 60_000, interval: 50 });
      expect(await workerOf(api, stopped)).toBeUndefined();
      const before = await all();
      const lost = before.filter(isLost);
      expect(lost.length).toBeGreaterThan(0);
      const elsewhereMs = resolvedAt(lost) - stoppedAt;
      stopped.signal("SIGCONT");
      // The answers were waiting for it.
      const after = await vi.waitUntil(
        async () => {
          const found = await all();
          return found.some(isLost) ? undefined : found;
        },
        { timeout: 30_000, interval: 100 },
      );
      expect(after.map(stateOf)).toEqual(before.map(stateOf));
      await untilWorker(api, stopped, () => true);
      acknowledged.push(...(await postUntilBusy(api, stopped)));
      await untilAtRest(api);
      const { wrong, tally } = await judgeDeliveries(api, journal, acknowledged);
      const { unexplained, perKill } = await explainDoubles(api, journal, [stoppedAt]);
      process.stdout.write(
        `stopped: ${lost.length} were under way, others had them after ${elsewhereMs} ms, doubles ${perKill.get(stoppedAt) ?? 0}, ${JSON.stringify(tally)}\n`,
      );
      expect({ wrong, unexplained }).toEqual({ wrong: [], unexplained: [] });
      expect(elsewhereMs).toBeLessThan(elsewhereWithinMs);
    });
  }, 180_000);
}
