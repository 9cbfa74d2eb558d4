import { expect, test } from "vitest";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import { fullest } from "./load.ts";
import { loadBench } from "./load-bench.conformance.ts";

const byAddress = (to: string): string => to;
const seen = ({ deliver }: ReturnType<typeof loadBench>) =>
  deliver.load.buffers.map(({ integration, lanes, waiting, inFlight, reason }) => ({
    key: integration.key,
    lanes: lanes.join(),
    waiting,
    inFlight,
    reason,
  }));
const hook = (waiting: number, inFlight: number, reason?: string, lanes = waiting > 0 ? "transactional" : "") => ({
  key: "hook",
  lanes,
  waiting,
  inFlight,
  reason,
});

test("what is under way waits for nothing, and nothing is told of what has ended", async () => {
  const bench = loadBench([{ key: "hook" }]);
  expect(bench.deliver.load).toEqual({ inFlight: 0, buffers: [] });
  await bench.send(3);
  expect(seen(bench)).toEqual([hook(0, 3)]);
  expect(bench.deliver.load.inFlight).toBe(3);
  for (const end of bench.calls.splice(0)) end();
  await eventLoopTurn();
  expect(bench.deliver.load).toEqual({ inFlight: 0, buffers: [] });
});

test("messages wait for a destination whose places are taken, and for it alone", async () => {
  const bench = loadBench([{ key: "hook", destination: byAddress }]);
  await bench.send(5, "slow");
  await bench.send(1, "quick");
  expect(seen(bench)).toEqual([hook(3, 3, "destination_busy")]);
  for (const end of bench.calls.splice(0)) end();
  await eventLoopTurn();
  expect(seen(bench)).toEqual([hook(1, 2, "destination_busy")]);
  for (const end of bench.calls.splice(0)) end();
  await eventLoopTurn();
  expect(seen(bench)).toEqual([hook(0, 1)]);
});

test("messages wait for their integration: for its places, or for the end of a batch's call", async () => {
  const places = loadBench([{ key: "hook", limits: { maxInFlight: 2 } }]);
  await places.send(5, "a", { lane: "critical" });
  expect(seen(places)).toEqual([hook(3, 2, "integration_busy", "critical")]);
  const batches = loadBench([{ key: "hook", maxBatch: 4 }]);
  await batches.send(10);
  expect(seen(batches)).toEqual([hook(6, 4, "integration_busy")]);
});

test("messages wait for places of the process, which another integration's have taken", async () => {
  const bench = loadBench([{ key: "other", environmentId: 2 }, { key: "hook" }], { maxInFlight: 4 });
  await bench.send(4, "a", { lane: "critical", environmentId: 2 });
  await bench.send(2, "a", { lane: "critical" });
  expect(seen(bench)).toEqual([
    hook(2, 0, "process_busy", "critical"),
    { key: "other", lanes: "", waiting: 0, inFlight: 4, reason: undefined },
  ]);
  expect(bench.deliver.load.inFlight).toBe(4);
});

test("messages that a rate puts off wait, though they have places, until it lets them go", async () => {
  const bench = loadBench([{ key: "hook", limits: { ratePerSecond: 2 } }]);
  await bench.send(5, "a", { lane: "critical" });
  await bench.send(1);
  expect(seen(bench)).toEqual([hook(5, 1, "rate_limited", "critical,transactional")]);
  expect(bench.deliver.load.inFlight).toBe(1);
  await bench.clock.settleTo(bench.clock.now() + 10_000);
  expect(seen(bench)).toEqual([hook(0, 6)]);
});

test("the fullest integrations are told of, the rest is not", async () => {
  const accounts = Array.from({ length: 30 }, (_, index) => ({ key: `i${index}`, environmentId: index + 1 }));
  const bench = loadBench(
    accounts.map((account) => ({ ...account, limits: { maxInFlight: 1 } })),
    { topicItemsMax: 100 },
  );
  for (const { environmentId } of accounts) await bench.send(environmentId, "a", { lane: "critical", environmentId });
  const told = bench.deliver.load.buffers;
  expect(told.map(({ waiting }) => waiting)).toEqual(Array.from({ length: 20 }, (_, index) => 29 - index));
  expect(fullest(told, 1).map(({ integration }) => integration.key)).toEqual(["i29"]);
  expect(bench.deliver.load.inFlight).toBe(30);
});
