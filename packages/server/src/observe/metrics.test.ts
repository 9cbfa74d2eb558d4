import { describe, expect, test } from "vitest";
import type { QueueDepth } from "../ports/store/maintenance.ts";
import { Metrics } from "./metrics.ts";

const now = Date.UTC(2026, 0, 1);

function make(sources: { depths?: () => Promise<QueueDepth[]>; process?: boolean } = {}) {
  return new Metrics(
    {
      queueDepths: sources.depths ?? (async () => []),
      inFlight: () => 7,
      failingTemplates: () => 3,
      inboxConnections: () => ({ websocket: 5, sse: 2 }),
      now: () => now,
    },
    { process: sources.process ?? false },
  );
}

const lines = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(name));

describe("metrics", () => {
  test("count accepted events per lane, from zero", async () => {
    const metrics = make();
    metrics.accepted.critical.inc();
    metrics.accepted.critical.inc(99);
    const shown = lines(await metrics.text(), "tidings_events_accepted_total");
    expect(shown).toEqual([
      'tidings_events_accepted_total{lane="critical"} 100',
      'tidings_events_accepted_total{lane="transactional"} 0',
      'tidings_events_accepted_total{lane="marketing"} 0',
    ]);
    expect(lines(await metrics.text(), "tidings_events_accepted_total")).toEqual(shown);
  });

  test("show stages as cumulative buckets with sum and count", async () => {
    const metrics = make();
    metrics.stages.accept.critical.observe(0.004);
    metrics.stages.accept.critical.observe(0.005, 2);
    metrics.stages.accept.critical.observe(99_999);
    const text = await metrics.text();
    const of = (suffix: string) =>
      lines(text, `tidings_stage_seconds_${suffix}`).filter((line) => line.includes('"accept",lane="critical"'));
    const buckets = of("bucket").map((line) => [/le="([^"]+)"/.exec(line)?.[1], Number(line.split(" ").at(-1))]);
    expect(buckets).toContainEqual(["0.0025", 0]);
    expect(buckets).toContainEqual(["0.005", 3]);
    expect(buckets).toContainEqual(["3600", 3]);
    expect(buckets.at(-1)).toEqual(["+Inf", 4]);
    expect(Number(of("sum")[0]?.split(" ").at(-1))).toBeCloseTo(99_999.014);
    expect(of("count")[0]).toMatch(/ 4$/);
    expect(text.match(/# TYPE tidings_stage_seconds histogram/g)).toHaveLength(1);
  });

  test("bind the labels of a provider's messages and calls once", async () => {
    const metrics = make();
    const delivery = metrics.delivery("email", "critical", "smtp");
    expect(metrics.delivery("email", "critical", "smtp")).toBe(delivery);
    delivery.accepted.inc(500);
    delivery.rejected_transient.inc();
    metrics.providerCall("smtp", "email").observe(0.2);
    const text = await metrics.text();
    expect(text).toContain(
      'tidings_messages_total{channel="email",lane="critical",provider="smtp",outcome="accepted"} 500',
    );
    expect(text).toContain('tidings_provider_call_seconds_bucket{provider="smtp",channel="email",le="0.25"} 1');
    expect(metrics.providerCall("smtp", "email")).toBe(metrics.providerCall("smtp", "email"));
  });

  test("ask for the queues at each scrape", async () => {
    let due = 3;
    const depths = async (): Promise<QueueDepth[]> => [
      { queue: "delivery", lane: "critical", channel: "email", due, oldestDueAt: now - 1500 },
      { queue: "events", lane: "marketing", channel: undefined, due: 0, oldestDueAt: undefined },
    ];
    const metrics = make({ depths });
    expect(await metrics.text()).toContain('tidings_queue_depth{queue="delivery",lane="critical",channel="email"} 3');
    due = 0;
    const text = await metrics.text();
    expect(text).toContain('tidings_queue_depth{queue="delivery",lane="critical",channel="email"} 0');
    expect(text).toContain('tidings_queue_age_seconds{queue="delivery",lane="critical",channel="email"} 1.5');
    expect(text).toContain('tidings_queue_age_seconds{queue="events",lane="marketing",channel=""} 0');
    expect(text).toContain("tidings_in_flight 7");
    expect(text).toContain('tidings_inbox_connections{transport="websocket"} 5');
    expect(text).toContain('tidings_inbox_connections{transport="sse"} 2');
  });

  test("answer without queues where the store does not answer", async () => {
    const metrics = make({ depths: () => Promise.reject(new Error("closed")) });
    metrics.accepted.critical.inc();
    const text = await metrics.text();
    expect(text).toContain('tidings_events_accepted_total{lane="critical"} 1');
    expect(text).toContain("tidings_scrape_faults_total 1");
    expect(lines(text, "tidings_queue_depth{")).toEqual([]);
  });

  test("of the process are there when they are wanted", async () => {
    expect(await make().text()).not.toContain("process_cpu");
    expect(await make({ process: true }).text()).toContain("process_cpu_user_seconds_total");
  });
});
