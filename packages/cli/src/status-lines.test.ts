import { PassThrough } from "node:stream";
import { type PauseView, pauseSchema } from "@tidings/contract/pauses";
import { type QueueView, queueSchema } from "@tidings/contract/queues";
import { type WorkerView, workerSchema } from "@tidings/contract/workers";
import { describe, expect, test } from "vitest";
import { ageText, isWell, statusLines } from "./status-lines.ts";
import { Terminal } from "./terminal.ts";

const queue = (over: Partial<QueueView> = {}): QueueView =>
  queueSchema.parse({ queue: "delivery", lane: "critical", channel: "email", due: 0, dueIsBound: false, ...over });
const held = (reason: "no_worker" | "rate_limited" | "destination_busy" | "behind") =>
  queue({ due: 3, ageMs: 12_000, held: { reason, detail: "some words" } });
const worker = (over: Partial<WorkerView> = {}): WorkerView =>
  workerSchema.parse({
    node: "n1",
    roles: ["api", "deliver"],
    version: "1.2.3",
    host: "m1",
    pid: 7,
    startedAt: "2026-01-01T00:00:00Z",
    heartbeatAt: "2026-01-01T00:00:01Z",
    heartbeatAgeMs: 300,
    state: "alive",
    inFlight: 4,
    buffers: [],
    ...over,
  });
function lines(queues: QueueView[], workers: WorkerView[], isTTY = false, pauses: PauseView[] = []): string[] {
  const sink = { isTTY, write: () => {} };
  const terminal = new Terminal({ in: new PassThrough(), out: sink, err: sink, quiet: false, colours: true });
  return statusLines({ queues, workers, pauses }, terminal);
}

describe("the state of an installation", () => {
  test("is well unless work waits for somebody to act", () => {
    const well = (...queues: QueueView[]) => isWell({ queues, workers: [], pauses: [] });
    expect(well(queue(), held("rate_limited"), held("destination_busy"))).toBe(true);
    expect([well(held("no_worker")), well(queue(), held("behind"))]).toEqual([false, false]);
  });

  test("shows the queues that have work, or had some lately, and why they wait", () => {
    const shown = lines(
      [
        queue({ lane: "marketing" }),
        { ...held("behind"), due: 10_000, dueIsBound: true, inPerMinute: 10.44, outPerMinute: 0 },
        queue({ channel: "sms", inPerMinute: 0, outPerMinute: 0.2 }),
      ],
      [],
    );
    expect(shown.slice(0, 4)).toEqual([
      "QUEUE     LANE      CHANNEL  DUE     AGE   IN/MIN  OUT/MIN  HELD",
      "delivery  critical  email    10000+  12 s  10.4    0        behind: some words",
      "delivery  critical  sms      0             0       0.2",
      "",
    ]);
    expect(lines([queue()], [])[0]).toBe("nothing waits, and nothing came or went in the last minutes");
  });

  test("shows what is paused, which may be why nothing waits", () => {
    const paused = { kind: "lane", key: "marketing", state: "paused", createdAt: "2026-01-01T00:00:00Z" };
    const shown = [
      pauseSchema.parse({ ...paused, waiting: 100_000, waitingIsBound: true, reason: "wrong price" }),
      pauseSchema.parse({ ...paused, tenant: "acme", state: "resuming", waiting: 7, waitingIsBound: false }),
    ];
    expect(lines([], [], false, shown).slice(1, 5)).toEqual([
      "",
      "PAUSED  KEY        TENANT  STATE     WAITING  SINCE                 UNTIL  REASON",
      "lane    marketing          paused    100000+  2026-01-01T00:00:00Z         wrong price",
      "lane    marketing  acme    resuming  7        2026-01-01T00:00:00Z",
    ]);
  });

  test("shows the workers, and what waits in them", () => {
    const buffer = { integration: "smtp", environment: "production", channel: "email", lanes: ["critical"] } as const;
    const buffers: WorkerView["buffers"] = [
      { ...buffer, lanes: ["critical"], waiting: 9, inFlight: 4, reason: "rate_limited" },
      { ...buffer, lanes: [], waiting: 0, inFlight: 1 },
    ];
    const shown = lines([], [worker({ buffers }), worker({ node: "n2", state: "late", heartbeatAgeMs: 4200 })]);
    expect(shown.slice(2)).toEqual([
      "WORKER  ROLES        VERSION  HOST    HEARTBEAT      IN FLIGHT",
      "n1      api,deliver  1.2.3    m1 (7)  300 ms ago     4",
      "n2      api,deliver  1.2.3    m1 (7)  late, 4 s ago  4",
      "",
      "INTEGRATION  ENVIRONMENT  CHANNEL  WAITING  IN FLIGHT  AT      WHY",
      "smtp         production   email    9        4          m1 (7)  rate_limited",
    ]);
  });

  test("shows what the workers read from a replica, where one of them has one", () => {
    const shown = lines(
      [],
      [
        worker({ replica: { state: "used", behindMs: 240 } }),
        worker({ replica: { state: "aside", reason: "behind", behindMs: 9000 } }),
        worker({ replica: { state: "aside", reason: "unavailable" } }),
        worker(),
      ],
      true,
    );
    expect(shown[2]).toContain("IN FLIGHT  REPLICA");
    expect(shown.slice(3).map((line) => line.slice(line.indexOf("ago") + 3).trim())).toEqual([
      "4          used, 240 ms",
      "4          aside: behind, 9 s\x1b[0m",
      "4          aside: unavailable\x1b[0m",
      "4",
    ]);
  });

  test("is red where somebody has to act, and yellow where a bound holds or a worker is late", () => {
    const shown = lines(
      [held("no_worker"), held("rate_limited"), queue({ due: 1 })],
      [worker({ state: "late" })],
      true,
    );
    const colours = shown.map((line) => line.slice(0, 5));
    expect(colours).toEqual(["\x1b[2mQ", "\x1b[31m", "\x1b[33m", "deliv", "", "\x1b[2mW", "\x1b[33m"]);
  });

  test("cannot be made to move the cursor by what a worker calls itself", () => {
    expect(lines([], [worker({ host: "a\x1b[2J" })]).join("")).not.toContain("\x1b");
  });
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1 s"],
  [119_000, "119 s"],
  [120_000, "2 min"],
  [7_200_000, "2 h"],
  [172_800_000, "2 d"],
])("an age of %d ms is %s", (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
