import type { MessageView } from "@tidings/contract/messages";
import { expect, test, vi } from "vitest";
import { messagesOf } from "../../harness/messages-of.ts";
import { takenTimes } from "../../harness/verdict.ts";
import type { Engine } from "./engines.ts";
import { heldBy } from "./held-by.ts";
import { postEvents } from "./post-events.ts";
import { untilWorker, waitingOf } from "./workers-view.ts";
import { inWorld } from "./world.ts";

const messages = 2000;
const maxInFlight = 100;
/** Long, so that most of it still waits when the process is asked to end; its own calls end within its drain time. */
const latencyMs = 8000;
/** So many are surely of what waited; the other process has places for them, whatever it has taken up before. */
const goneOnMin = 20;
/** Others may have what waited within this. */
const releasedWithinMs = 1000;

export function leavingSuite(engine: () => Engine): void {
  test("a process that is asked to end gives others what waits in it at once, while its own calls end", async () => {
    const options = {
      roles: [["api", "orchestrate"], ["deliver"]],
      faults: { latencyMs: { min: latencyMs, max: latencyMs } },
      limits: { maxInFlight },
    } as const;
    await inWorld(engine(), options, async ({ api, cluster, journal, databaseUrl }) => {
      const [leaving] = cluster.with("deliver");
      if (leaving === undefined) throw new Error("nobody delivers");
      const acknowledged = await postEvents(api, "critical", messages);
      await untilWorker(api, leaving, (worker) => worker.inFlight === maxInFlight && waitingOf(worker) >= messages / 2);
      const staying = await cluster.start(["deliver"]);
      // What waits is in the memory of the first one; the other gets some of what comes now, and is warm then. Few of it: asked
      // of the database, as a heartbeat tells it so late that all its places would be taken.
      expect((await untilWorker(api, staying, () => true)).inFlight).toBe(0);
      await vi.waitUntil(
        async () => {
          await postEvents(api, "critical", 10);
          return (await heldBy(databaseUrl, staying.pid, "sending")) > 0;
        },
        { timeout: 20_000, interval: 200 },
      );
      await untilWorker(api, leaving, (worker) => waitingOf(worker) >= messages / 2);
      const before = new Set((await takenTimes(journal)).keys());
      const askedAt = Date.now();
      const ended = leaving.terminate();
      const takenOver = async (count: number): Promise<number> => {
        await vi.waitUntil(
          async () => [...(await takenTimes(journal)).keys()].filter((id) => !before.has(id)).length >= count,
          { timeout: 20_000, interval: 20 },
        );
        return Date.now() - askedAt;
      };
      await vi.waitUntil(async () => (await heldBy(databaseUrl, leaving.pid, "queued")) === 0, {
        timeout: 20_000,
        interval: 20,
      });
      const releasedMs = Date.now() - askedAt;
      const goneOnMs = await takenOver(goneOnMin);
      const { code, tookMs: endedMs } = await ended;
      const taken = await takenTimes(journal);
      const doubled = [...taken.values()].filter((times) => times > 1).length;
      // Those that it had begun, and those of the other one, whose calls may end later.
      const begun = async () => (await messagesOf(api, acknowledged)).filter(({ id }) => before.has(id));
      const own = await vi.waitFor(
        async () => {
          const found = await begun();
          expect(found.filter(({ state }) => state !== "sent")).toEqual([]);
          return found;
        },
        { timeout: 30_000, interval: 200 },
      );
      // A call that was not made, as its lease had become too short, is tried again by right.
      const made = ({ attempts }: MessageView) => attempts.filter(({ outcome }) => outcome !== "rejected");
      const again = own.filter((message) => made(message).length > 1);
      process.stdout.write(
        `leaving: all was free after ${releasedMs} ms, others had begun with it after ${goneOnMs} ms; it ended after ${endedMs} ms\n`,
      );
      expect({ code, doubled, again }).toEqual({ code: 0, doubled: 0, again: [] });
      expect(own.length).toBeGreaterThanOrEqual(maxInFlight);
      expect(releasedMs).toBeLessThan(releasedWithinMs);
      // Before its own calls have ended.
      expect(goneOnMs).toBeLessThan(latencyMs);
    });
  }, 120_000);
}
