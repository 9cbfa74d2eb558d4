import type { MessageView } from "@tidings/contract/messages";
import { expect } from "vitest";
import type { Acknowledged } from "../../harness/event-load.ts";
import { messagesOf } from "../../harness/messages-of.ts";
import { pause } from "../../harness/pause.ts";
import { untilAtRest } from "../../harness/rest.ts";
import { explainDoubles, judgeDeliveries } from "../../harness/verdict.ts";
import type { EngineDescription } from "./engines.ts";
import { isSettled } from "./lost-messages.ts";
import { type Network, testInNetwork } from "./network.ts";
import { postEvents } from "./post-events.ts";
import { postUntilBusy } from "./post-until-busy.ts";
import { inWorld, type World } from "./world.ts";

const latencyMs = 1000;
const perLane = 60;
const sessionMs = 6000;
/** The broker waits for its session to end, and others rejoin. */
const elsewhereWithinMs = sessionMs + 15_000;
const settledWithinMs = 90_000;
const backWithinMs = 20_000;

export function cutOffBrokerSuite(description: EngineDescription): void {
  testInNetwork(
    "what is for a process that is cut off from the broker alone goes on elsewhere, and it takes part again once it is back",
    3,
    (network) => inNetwork(description, network, (world) => cutOff(world, network)),
  );
}

/** A deliver process in the network: its cables go to the broker, to the store and to the provider. */
async function inNetwork(
  description: EngineDescription,
  { wrap, cables }: Network,
  body: (world: World) => Promise<void>,
): Promise<void> {
  const [toBroker, toStore, toProvider] = cables;
  if (toBroker === undefined || toStore === undefined || toProvider === undefined)
    throw new Error("cables are missing");
  const engine = await description.start({ addresses: [toStore.here], brokerAddress: toBroker.here });
  const options = {
    roles: [["api", "orchestrate"], ["deliver"]],
    settings: { TIDINGS_QUEUE_SESSION_TIMEOUT_MS: String(sessionMs) },
    faults: { latencyMs: { min: latencyMs, max: latencyMs } },
    limits: { maxInFlight: 100, timeoutMs: 60_000 },
    providerHost: toProvider.here,
  } as const;
  try {
    await inWorld(engine, options, async (world) => {
      const { kafka } = engine;
      if (kafka?.away === undefined) throw new Error("there is no broker to be cut off from");
      const there = engine.settingsOf(world.databaseUrl.replace("127.0.0.1", toStore.here));
      const queueUrl = there["TIDINGS_QUEUE_URL"]?.replace(kafka.brokers, kafka.away) ?? "";
      const inClear = { TIDINGS_DATABASE_TLS: "off", TIDINGS_QUEUE_TLS: "off" };
      await world.cluster.start(["deliver"], { wrap, settings: { ...there, ...inClear, TIDINGS_QUEUE_URL: queueUrl } });
      await body(world);
    });
  } finally {
    await engine.remove();
  }
}

async function cutOff({ cluster, api, journal }: World, network: Network): Promise<void> {
  const [, worker] = cluster.with("deliver");
  const [toBroker] = network.cables;
  if (worker === undefined || toBroker === undefined) throw new Error("nobody delivers");
  const acknowledged: Acknowledged[] = [];
  const post = async (): Promise<void> => {
    for (const lane of ["critical", "transactional", "marketing"])
      acknowledged.push(...(await postEvents(api, lane, perLane)));
  };
  const untilItWorks = async (withinMs: number): Promise<number> => {
    const from = Date.now();
    acknowledged.push(...(await postUntilBusy(api, worker, withinMs)));
    return Date.now() - from;
  };
  await untilItWorks(backWithinMs);
  await post();
  const cutAt = Date.now();
  toBroker.pull();
  // Half of it is published to partitions that are its own.
  await post();
  const elsewhereMs = lastBegunAt(await untilSettled(api, acknowledged)) - cutAt;
  toBroker.plug();
  const backMs = await untilItWorks(backWithinMs);
  await untilAtRest(api);
  const { wrong, strangers, tally } = await judgeDeliveries(api, journal, acknowledged);
  const { unexplained, perKill } = await explainDoubles(api, journal, [cutAt]);
  process.stdout.write(
    `cut off from the broker: the last was begun after ${elsewhereMs} ms, it was back after ${backMs} ms, ` +
      `doubles ${perKill.get(cutAt) ?? 0}, ${JSON.stringify(tally)}\n`,
  );
  expect({ wrong, strangers, unexplained, doubles: [...perKill] }).toEqual({
    wrong: [],
    strangers: [],
    unexplained: [],
    doubles: [],
  });
  expect(elsewhereMs).toBeLessThan(elsewhereWithinMs);
}

/** All messages, once they have come to an end. */
async function untilSettled(api: World["api"], acknowledged: readonly Acknowledged[]): Promise<MessageView[]> {
  for (const end = Date.now() + settledWithinMs; Date.now() < end; await pause(100)) {
    const found = await messagesOf(api, acknowledged);
    if (found.length >= acknowledged.length && found.every(isSettled)) return found;
  }
  throw new Error("not all messages came to an end");
}

/** A call that was not made, as its lease had become too short, is tried again later by right. */
function lastBegunAt(messages: readonly MessageView[]): number {
  return Math.max(...messages.map(({ attempts: [first] }) => Date.parse(first?.startedAt ?? "")));
}
