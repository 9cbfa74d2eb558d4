import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { Topic } from "../ports/queue.ts";
import { allTopics } from "../ports/topic.ts";
import { PublishedSweep } from "./published-sweep.ts";

const startMs = 1_000_000;
const afterMs = 10_000;
const events: Topic = "events.critical";
const mail: Topic = "delivery.email.marketing";

/** Rows by topic and due time, a lease that the test gives, and a broker that says what is settled or nothing. */
function bench({ hasWatch = true } = {}) {
  const clock = new SimulatedClock(startMs);
  const state = { isHolder: true, isSilent: false, closed: 0, looks: 0, gate: Promise.resolve() };
  const settled = new Map<Topic, number>();
  const rows: { topic: Topic; dueAt: number }[] = [];
  const asked: { topic: Topic; before: number }[] = [];
  const leases: { name: string; forMs: number }[] = [];
  const told: string[] = [];
  const faults: unknown[] = [];
  const failing: { lease?: Error; free?: Error } = {};
  const look = async (now: () => number): Promise<Map<Topic, number>> => {
    state.looks += 1;
    await state.gate;
    if (state.isSilent) throw new Error("the broker is silent");
    return new Map([...settled].map(([topic, at]) => [topic, Math.min(at, now())]));
  };
  const close = async (): Promise<void> => {
    state.closed += 1;
  };
  const sweep = new PublishedSweep({
    published: {
      free: async (topic, before) => {
        if (failing.free !== undefined) throw failing.free;
        asked.push({ topic, before });
        const freed = rows.filter((row) => row.topic === topic && row.dueAt < before);
        for (const row of freed) rows.splice(rows.indexOf(row), 1);
        return freed.length;
      },
    },
    watch: hasWatch ? { look, close } : undefined,
    leases: {
      hold: async (name, forMs) => {
        if (failing.lease !== undefined) throw failing.lease;
        leases.push({ name, forMs });
        return state.isHolder;
      },
    },
    clock,
    afterMs,
    wake: (topic) => told.push(`wake ${topic}`),
    onFreed: (topic, count) => told.push(`freed ${count} ${topic}`),
    onFault: (error) => faults.push(error),
  });
  const go = (ms: number) => clock.settleTo(clock.now() + ms);
  return { clock, state, settled, rows, asked, leases, told, faults, failing, sweep, go };
}

describe("the sweep of published rows", () => {
  test("frees nothing where another process holds the lease, and closes its connection to the broker", async () => {
    const { state, settled, rows, asked, leases, faults, sweep } = bench();
    state.isHolder = false;
    settled.set(events, startMs);
    rows.push({ topic: events, dueAt: 1 });
    await sweep.sweep();
    expect([asked, state.looks, state.closed, faults]).toEqual([[], 0, 1, []]);
    expect(leases).toEqual([{ name: "published", forMs: 5000 }]);
  });

  test("frees what is older than what is settled by the age, topic by topic, and wakes whoever looks", async () => {
    const { settled, rows, asked, told, sweep } = bench();
    settled.set(events, startMs - 500);
    settled.set(mail, startMs - 5000);
    const [old, recent] = [startMs - 500 - afterMs - 1, startMs - 500 - afterMs];
    rows.push({ topic: events, dueAt: old }, { topic: events, dueAt: 1 }, { topic: events, dueAt: recent });
    rows.push({ topic: mail, dueAt: old });
    await sweep.sweep();
    expect(asked).toEqual([
      { topic: events, before: startMs - 500 - afterMs },
      { topic: mail, before: startMs - 5000 - afterMs },
    ]);
    expect(rows).toEqual([
      { topic: events, dueAt: recent },
      { topic: mail, dueAt: old },
    ]);
    expect(told).toEqual([`freed 2 ${events}`, `wake ${events}`]);
  });

  test("leaves alone a topic of which nothing is known to be settled", async () => {
    const { settled, rows, asked, told, sweep } = bench();
    rows.push({ topic: events, dueAt: 1 });
    settled.set(mail, 0);
    await sweep.sweep();
    expect([asked, told]).toEqual([[], []]);
  });

  test("frees nothing while the broker is silent for less than the age, then by age", async () => {
    const { clock, state, rows, asked, faults, sweep, go } = bench();
    state.isSilent = true;
    rows.push({ topic: events, dueAt: startMs - afterMs - 1 }, { topic: events, dueAt: startMs - 1 });
    rows.push({ topic: mail, dueAt: startMs });
    await sweep.sweep();
    await go(afterMs - 1);
    await sweep.sweep();
    expect(asked).toEqual([]);
    await go(1);
    await sweep.sweep();
    expect(asked).toEqual(allTopics.map((topic) => ({ topic, before: clock.now() - afterMs })));
    // Who publishes tells of a broker that is away.
    expect([rows, faults]).toEqual([[{ topic: mail, dueAt: startMs }], []]);
  });

  test("begins to count a silence anew once the broker has answered", async () => {
    const { state, asked, sweep, go } = bench();
    for (const isSilent of [true, false, true]) {
      state.isSilent = isSilent;
      await sweep.sweep();
      await go(afterMs / 2);
    }
    await sweep.sweep();
    expect(asked).toEqual([]);
    await go(afterMs / 2);
    await sweep.sweep();
    expect(asked).toHaveLength(allTopics.length);
  });

  test("begins to count a silence anew when it has the lease again: meanwhile another process asked", async () => {
    const { state, asked, sweep, go } = bench();
    state.isSilent = true;
    await sweep.sweep();
    state.isHolder = false;
    await go(afterMs);
    await sweep.sweep();
    state.isHolder = true;
    await go(100 * afterMs);
    await sweep.sweep();
    expect(asked).toEqual([]);
    await go(afterMs);
    await sweep.sweep();
    expect(asked).toHaveLength(allTopics.length);
  });

  test("goes by age where this process has no broker", async () => {
    const { clock, rows, asked, told, sweep } = bench({ hasWatch: false });
    rows.push({ topic: mail, dueAt: startMs - afterMs - 1 }, { topic: mail, dueAt: startMs - afterMs });
    await sweep.sweep();
    expect(asked).toEqual(allTopics.map((topic) => ({ topic, before: clock.now() - afterMs })));
    expect(told).toEqual([`freed 1 ${mail}`, `wake ${mail}`]);
    await sweep.stop();
  });

  test("runs four times within the age, tells of faults, and goes on with the next", async () => {
    const { state, settled, asked, faults, failing, leases, sweep, go } = bench();
    settled.set(events, startMs * 2);
    sweep.start();
    await go(2499);
    expect(state.looks).toBe(0);
    failing.lease = new Error("the store is away");
    await go(1);
    expect([state.looks, faults]).toEqual([0, [failing.lease]]);
    delete failing.lease;
    failing.free = new Error("the statement failed");
    await go(2500);
    expect([state.looks, faults.at(-1), asked]).toEqual([1, failing.free, []]);
    delete failing.free;
    await go(5000);
    expect([state.looks, faults.length, asked.length, leases.length]).toEqual([3, 2, 2, 3]);
    await sweep.stop();
  });

  test("never runs twice at once, however long a look takes", async () => {
    const { state, sweep, go } = bench();
    let open: () => void = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    sweep.start();
    await go(10 * afterMs);
    expect(state.looks).toBe(1);
    open();
    await go(2500);
    expect(state.looks).toBe(2);
    await sweep.stop();
  });

  test("stops: no further one is set, and the connection is closed; twice is safe", async () => {
    const { clock, state, sweep, go } = bench();
    sweep.start();
    await sweep.stop();
    await sweep.stop();
    expect(clock.pending).toBe(0);
    sweep.start();
    await go(10 * afterMs);
    expect([state.looks, state.closed > 0, clock.pending]).toEqual([0, true, 0]);
  });

  test("that is under way when it is stopped frees nothing any more, and closes what it has opened", async () => {
    const { clock, state, settled, rows, asked, sweep, go } = bench();
    settled.set(events, startMs);
    rows.push({ topic: events, dueAt: 1 });
    let open: () => void = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    sweep.start();
    await go(2500);
    expect(state.looks).toBe(1);
    await sweep.stop();
    const { closed } = state;
    open();
    await go(afterMs);
    expect([asked, rows.length, state.looks, clock.pending]).toEqual([[], 1, 1, 0]);
    expect(state.closed).toBe(closed + 1);
  });
});
