import type { MessageView } from "@tidings/contract/messages";
import { expect, vi } from "vitest";
import type { Acknowledged } from "../../harness/event-load.ts";
import { messagesOf } from "../../harness/messages-of.ts";
import { untilAtRest } from "../../harness/rest.ts";
import { explainDoubles, judgeDeliveries } from "../../harness/verdict.ts";
import type { EngineDescription } from "./engines.ts";
import { isLost, isSettled, resolvedAt, stateOf } from "./lost-messages.ts";
import { type Network, testInNetwork } from "./network.ts";
import { postEvents } from "./post-events.ts";
import { postUntilBusy } from "./post-until-busy.ts";
import { untilWorker } from "./workers-view.ts";
import { inWorld, type World } from "./world.ts";

const leaseMs = 2000;
const latencyMs = 4000;
const elsewhereWithinMs = leaseMs + 5000;
const perLane = 60;

const settings = {
  TIDINGS_WORKER_LEASE_MS: String(leaseMs),
  TIDINGS_WORKER_HEARTBEAT_MS: "300",
  TIDINGS_DATABASE_STATEMENT_TIMEOUT_MS: "2000",
  TIDINGS_DATABASE_CONNECT_TIMEOUT_MS: "1000",
};

export function cutOffWorkerSuite(description: EngineDescription): void {
  testInNetwork(
    "what a process held that is cut off from the store goes on elsewhere, and it works again once it is back",
    2,
    (network) => inNetwork(description, network, (world) => cutOff(world, network)),
  );
}

/** A deliver process in the network: the first of its cables goes to the store, the second to the provider. */
async function inNetwork(
  description: EngineDescription,
  { wrap, cables }: Network,
  body: (world: World) => Promise<void>,
): Promise<void> {
  const [toStore, toProvider] = cables;
  if (toStore === undefined || toProvider === undefined) throw new Error("cables are missing");
  const engine = await description.start({ addresses: [toStore.here] });
  const options = {
    roles: [["api", "orchestrate"], ["deliver"]],
    settings,
    faults: { latencyMs: { min: latencyMs, max: latencyMs } },
    limits: { maxInFlight: 100, timeoutMs: 60_000 },
    providerHost: toProvider.here,
  } as const;
  try {
    await inWorld(engine, options, async (world) => {
      const there = engine.settingsOf(world.databaseUrl.replace("127.0.0.1", toStore.here));
      await world.cluster.start(["deliver"], { wrap, settings: { ...there, TIDINGS_DATABASE_TLS: "off" } });
      await body(world);
    });
  } finally {
    await engine.remove();
  }
}

async function cutOff({ cluster, api, journal }: World, network: Network): Promise<void> {
  const [, worker] = cluster.with("deliver");
  const [toStore] = network.cables;
  if (worker === undefined || toStore === undefined) throw new Error("nobody delivers");
  const acknowledged: Acknowledged[] = [];
  for (const lane of ["critical", "transactional", "marketing"])
    acknowledged.push(...(await postEvents(api, lane, perLane)));
  acknowledged.push(...(await postUntilBusy(api, worker)));
  const cutAt = Date.now();
  toStore.pull();
  const all = (): Promise<MessageView[]> => messagesOf(api, acknowledged);
  await vi.waitUntil(async () => (await all()).every(isSettled), { timeout: 60_000, interval: 50 });
  const before = await all();
  const lost = before.filter(isLost);
  const elsewhereMs = resolvedAt(lost) - cutAt;
  const plugAt = Date.now();
  toStore.plug();
  // It has the answers of its provider, and tells them now.
  const after = await vi.waitUntil(
    async () => {
      const found = await all();
      return found.some(isLost) ? undefined : found;
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(after.map(stateOf)).toEqual(before.map(stateOf));
  await untilWorker(api, worker, () => true);
  const backMs = Date.now() - plugAt;
  const more = await postUntilBusy(api, worker);
  await untilAtRest(api);
  const { wrong, tally } = await judgeDeliveries(api, journal, [...acknowledged, ...more]);
  const { unexplained, perKill } = await explainDoubles(api, journal, [cutAt]);
  process.stdout.write(
    `cut off: ${lost.length} were under way, others had them after ${elsewhereMs} ms, it was back after ${backMs} ms, ` +
      `doubles ${perKill.get(cutAt) ?? 0}, ${JSON.stringify(tally)}\n`,
  );
  expect({ wrong, unexplained }).toEqual({ wrong: [], unexplained: [] });
  expect(lost.length).toBeGreaterThan(0);
  expect(elsewhereMs).toBeLessThan(elsewhereWithinMs);
}
