import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import { SpanMetrics } from "../span-metrics.ts";
import type { Exported } from "./otlp-exporter.ts";
import { RecordedSpan } from "./span.ts";
import { SpanClock } from "./span-clock.ts";
import { SpanLosses } from "./span-losses.ts";
import { SpanQueue } from "./span-queue.ts";

const taken: Exported = { status: "taken", rejected: 0 };
const later: Exported = { status: "later", code: "503" };

function bench({ queuedMax = 10, batchMax = 4 } = {}) {
  const clock = new SimulatedClock(0);
  const batches: number[] = [];
  const told: string[] = [];
  const metrics = new SpanMetrics(new Registry());
  const answers: (Exported | Promise<Exported>)[] = [];
  const log = {
    info: (message: string, fields = {}) => told.push(`${message} ${JSON.stringify(fields)}`),
    warn: (message: string, fields = {}) => told.push(`${message} ${JSON.stringify(fields)}`),
  };
  const queue = new SpanQueue({
    clock,
    exporter: {
      send: async (spans) => {
        batches.push(spans.length);
        return (await answers.shift()) ?? taken;
      },
    },
    limits: { queuedMax, batchMax, intervalMs: 1000, timeoutMs: 5000 },
    losses: new SpanLosses(metrics, log),
  });
  const parts = { clock: new SpanClock(), linksMax: 1, take: (span: RecordedSpan) => queue.take(span) };
  const add = (count: number): void => {
    for (let index = 0; index < count; index += 1)
      new RecordedSpan(parts, { trace: "a", span: "b" }, { name: "n", kind: "internal", attributes: {} }, "").end();
  };
  const dropped = () => Object.values(metrics.dropped).map(({ value }) => value);
  const pass = (ms: number) => clock.settleTo(clock.now() + ms);
  return { pass, queue, add, batches, told, answers, metrics, dropped };
}

describe("spans on their way out", () => {
  test("go together when their time is over, or a batch is full", async () => {
    const { pass, add, batches } = bench();
    add(3);
    await pass(999);
    expect(batches).toEqual([]);
    await pass(1);
    expect(batches).toEqual([3]);
    add(9);
    await pass(0);
    expect(batches).toEqual([3, 4, 4]);
    await pass(1000);
    expect(batches).toEqual([3, 4, 4, 1]);
  });

  test("are kept in front of a receiver that does not take them now, which is told once, and go when it does", async () => {
    const { pass, add, batches, told, answers, metrics, dropped } = bench();
    answers.push(later, later, later);
    add(2);
    await pass(1000);
    add(6);
    await pass(1000);
    await pass(2000);
    expect(batches).toEqual([2, 4, 4]);
    await pass(4000);
    expect(batches).toEqual([2, 4, 4, 4, 4]);
    expect(told).toEqual([
      'the OTLP receiver does not take spans {"code":"503"}',
      "the OTLP receiver takes spans again {}",
    ]);
    expect([metrics.exported.value, dropped()]).toEqual([8, [0, 0, 0]]);
  });

  test("are dropped above their bound, counted, and that is told when it begins and when it ends", async () => {
    const { pass, add, told, answers, metrics, dropped } = bench();
    answers.push(later);
    add(1);
    await pass(1000);
    add(100);
    expect(dropped()).toEqual([91, 0, 0]);
    await pass(1000);
    await pass(1000);
    expect(metrics.exported.value).toBe(10);
    expect(told).toEqual([
      'the OTLP receiver does not take spans {"code":"503"}',
      'spans are dropped: the traces that they belong to have gaps {"reason":"full"}',
      "the OTLP receiver takes spans again {}",
      'spans are no longer dropped {"count":91}',
    ]);
  });

  test("that the receiver refuses are given up, and hold up none behind them", async () => {
    const { pass, add, batches, answers, metrics, dropped } = bench();
    answers.push({ status: "refused", code: "400" }, { status: "taken", rejected: 1 });
    add(4);
    await pass(0);
    add(4);
    await pass(0);
    expect([batches, metrics.exported.value, dropped()]).toEqual([[4, 4], 3, [0, 5, 0]]);
  });

  test("that wait when it stops go at once, and are given up where the receiver does not take them", async () => {
    const first = bench();
    first.add(3);
    await Promise.all([first.queue.stop(), first.queue.stop()]);
    expect(first.batches).toEqual([3]);
    const second = bench();
    second.answers.push(later);
    second.add(3);
    await second.queue.stop();
    second.add(1);
    expect([second.batches, second.dropped()]).toEqual([[3], [0, 0, 4]]);
  });

  test("hold up a stop for no longer than one request's time", async () => {
    const never = new Promise<Exported>(() => {});
    const hung = bench();
    hung.answers.push(never);
    hung.add(4);
    let stopped = false;
    const stop = hung.queue.stop().then(() => {
      stopped = true;
    });
    await hung.pass(4999);
    expect(stopped).toBe(false);
    await hung.pass(1);
    await stop;
    expect(hung.dropped()).toEqual([0, 0, 4]);
  });
});
