import { expect } from "vitest";
import type { SeededRandom } from "../../lib/seeded-random.ts";
import { times } from "../../store/conformance/corner.conformance.ts";
import type { DigestBench, digestsSent } from "./digest-bench.conformance.ts";

/** Processes that die within so many steps of their store, two at a time, which take the same events; then one that lives. */
export async function overDeaths(bench: DigestBench, random: SeededRandom, stepsMax: number) {
  for (const crashAfter of times(6, () => 1 + Math.floor(random.number() * stepsMax))) {
    bench.start(crashAfter);
    bench.start(crashAfter + 3);
    await bench.rest(1000);
  }
  const queue = bench.start();
  await bench.rest(30_000);
  bench.start(40);
  return queue;
}

/** One digest of each key, with all of its events and no others, in their order; and nothing is left. */
export function expectOneOfEach(
  { database, faults }: DigestBench,
  sent: ReturnType<typeof digestsSent>,
  keys: number,
  eventsOfEach: number,
): void {
  expect(sent).toHaveLength(keys);
  const ofKey = new Map(sent.map(({ events }) => [events[0]?.data["key"], events]));
  expect(ofKey.size).toBe(keys);
  for (const [key, events] of ofKey) {
    expect(new Set(events.map(({ data }) => data["key"]))).toEqual(new Set([key]));
    expect(events.map(({ data }) => Number(data["n"])).sort((a, b) => a - b)).toEqual(times(eventsOfEach, (n) => n));
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted());
  }
  expect(database.get("select count(*) as n from digest_window")).toEqual({ n: 0 });
  expect(faults).toEqual([]);
}
