import { limits } from "@tidings/contract/limits";
import { queuesSchema } from "@tidings/contract/queues";
import { workersSchema } from "@tidings/contract/workers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Worker } from "../ports/workers.ts";
import { type Corner, openCorner, times } from "../store/conformance/corner.conformance.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

const minuteMs = 60_000;
const living: Worker[] = [];
let bench: ApiBench;
let corner: Corner;
beforeAll(async () => {
  bench = await apiBench(() => ({ workers: { list: async () => living } }));
  corner = await openCorner(bench.store);
});
afterAll(() => bench.close());
beforeEach(() => {
  living.length = 0;
});

const worker = (over: Partial<Worker> = {}): Worker => ({
  node: "n1",
  roles: ["api", "orchestrate", "deliver"],
  version: "1.2.3",
  host: "m1",
  pid: 7,
  startedAt: Date.UTC(2026, 0, 1),
  heartbeatAt: Date.UTC(2026, 0, 2),
  heartbeatAgeMs: 40,
  state: "alive",
  facts: { inFlight: 0, buffers: [] },
  ...over,
});

/** The queue as the API shows it. */
async function shown(queue: string, lane: string, channel?: string) {
  const { status, json } = await bench.call("/v1/queues");
  expect(status).toBe(200);
  const found = queuesSchema
    .parse(json)
    .items.find((each) => each.queue === queue && each.lane === lane && each.channel === channel);
  if (found === undefined) throw new RangeError(`there is no queue ${queue} ${lane} ${channel}`);
  return found;
}

test("what is due is shown with its age, whichever environment it is of, and why it waits", async () => {
  const dueAt = Date.now() - 12_000;
  await corner.accepted({ lane: "marketing", dueAt });
  await corner.accepted({ lane: "marketing", dueAt: dueAt + 5000, environmentId: corner.otherEnvironmentId });
  await corner.accepted({ lane: "marketing", dueAt: Date.now() + 3_600_000 });
  const idle = await shown("events", "marketing");
  expect(idle).toMatchObject({
    due: 2,
    dueIsBound: false,
    oldestDueAt: new Date(dueAt).toISOString(),
    held: { reason: "no_worker" },
  });
  expect(idle.ageMs).toBeGreaterThanOrEqual(12_000);
  living.push(worker());
  expect((await shown("events", "marketing")).held?.reason).toBe("behind");
  expect(await shown("events", "critical")).toMatchObject({ due: 0 });
  expect((await shown("events", "critical")).held).toBeUndefined();
});

test("every queue is shown: three of each lane, and one for each of its channels", async () => {
  const { items } = queuesSchema.parse((await bench.call("/v1/queues", { key: bench.otherKey })).json);
  const names = items.map(({ queue, lane, channel }) => `${queue} ${lane} ${channel ?? ""}`);
  expect([names.length, new Set(names).size]).toEqual([30, 30]);
});

test("rates are the means of the last five full minutes, for the queues where they are counted", async () => {
  const minute = Math.floor(Date.now() / minuteMs);
  const at = (ago: number) => (minute - ago) * minuteMs;
  const dueAt = Date.now() + 3_600_000;
  for (const ago of [3, 3, 20, -2]) await corner.accepted({ lane: "critical", receivedAt: at(ago), dueAt });
  const [first] = await corner.queuedAll(
    times(10, () => ({ lane: "critical" as const, channel: "sms" as const, createdAt: at(2), dueAt })),
  );
  if (first === undefined) throw new RangeError("a message");
  await corner.start(first);
  await corner.record(first, { finishedAt: at(2) });
  expect(await shown("events", "critical")).toMatchObject({ inPerMinute: 0.4 });
  expect(await shown("delivery", "critical", "sms")).toMatchObject({ inPerMinute: 2, outPerMinute: 0.2 });
  expect(await shown("delivery", "critical", "voice")).toMatchObject({ inPerMinute: 0, outPerMinute: 0 });
  for (const queue of ["runs", "effects"]) expect(await shown(queue, "critical")).not.toHaveProperty("inPerMinute");
  expect(await shown("events", "critical")).not.toHaveProperty("outPerMinute");
});

test("a long queue is counted up to a bound, and says so", async () => {
  const dueAt = Date.now() - 1;
  const events = times(limits.countedPerQueue + 5, () => corner.event({ lane: "transactional", dueAt }));
  await bench.store.acceptEvents({ events });
  expect(await shown("events", "transactional")).toMatchObject({ due: limits.countedPerQueue, dueIsBound: true });
});

test("workers are shown as they told of themselves", async () => {
  const buffer = { integration: "smtp", channel: "email", lanes: ["critical"], waiting: 3, inFlight: 2 } as const;
  living.push(
    worker({ facts: { inFlight: 2, buffers: [{ ...buffer, lanes: ["critical"], reason: "rate_limited" }] } }),
    worker({ node: "n2", roles: ["feedback"], state: "late" }),
  );
  const { status, json } = await bench.call("/v1/workers");
  expect([status, workersSchema.parse(json)]).toEqual([
    200,
    {
      items: [
        {
          node: "n1",
          roles: ["api", "orchestrate", "deliver"],
          version: "1.2.3",
          host: "m1",
          pid: 7,
          startedAt: "2026-01-01T00:00:00.000Z",
          heartbeatAt: "2026-01-02T00:00:00.000Z",
          heartbeatAgeMs: 40,
          state: "alive",
          inFlight: 2,
          buffers: [{ ...buffer, reason: "rate_limited" }],
        },
        expect.objectContaining({ node: "n2", roles: ["feedback"], state: "late", buffers: [] }),
      ],
    },
  ]);
});

test.each(["/v1/queues", "/v1/workers"])("%s needs a key", async (path) => {
  expect((await bench.call(path, { key: null })).status).toBe(401);
});
