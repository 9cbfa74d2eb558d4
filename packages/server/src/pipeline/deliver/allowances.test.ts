import type { PolicyBody } from "@tidings/contract/policies";
import { expect, test } from "vitest";
import { dayOf } from "../../domain/allowance.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import type { AttemptStart, Settlement } from "../../ports/store/deliver.ts";
import type { Tenant } from "../../ports/tenants.ts";
import { type Account, loadBench, memoryAllowances } from "./load-bench.conformance.ts";

const dayMs = 86_400_000;
const today = Date.UTC(2026, 0, 1);
type Setting = { policy?: PolicyBody; tenants?: Record<string, Partial<Tenant>> };

/** Accounts that take everything; what is put off comes back when it is due. */
function world(accounts: readonly Account[], setting: Setting = {}, allowances = memoryAllowances()) {
  const started: AttemptStart[] = [];
  const settled: Settlement[] = [];
  const bench = loadBench(
    accounts.map((account, index) => ({
      priority: index,
      send: async (batch) => batch.map(() => ({ status: "accepted" as const })),
      ...account,
    })),
    {
      maxInFlightPerDestination: 1000,
      maxInFlightPerIntegration: 1000,
      bufferPerDestination: 1000,
      bufferPerIntegration: 1000,
      topicItemsMax: 10_000,
    },
    {
      ...allowances,
      startAttempts: async ({ attempts }) => {
        started.push(...attempts);
        return attempts.map(() => ({ status: "started" as const }));
      },
      settleMessages: async ({ settlements }) => {
        settled.push(...settlements);
        for (const { messageId, after } of settlements) if (after.state === "queued") again(messageId, after.dueAt);
        return settlements.map(() => "recorded" as const);
      },
    },
    setting,
  );
  function again(id: string, dueAt: number): void {
    const delivery = bench.deliveries.get(id);
    if (delivery === undefined) throw new RangeError(`there is no message ${id}`);
    bench.clock.after(dueAt - bench.clock.now(), () => void bench.handle([delivery], delivery.origin.lane));
  }
  const rest = async () => {
    for (let turn = 0; turn < 8; turn += 1) await eventLoopTurn();
  };
  return {
    bench,
    allowances,
    started,
    settled,
    rest,
    to: (at: number) => bench.clock.settleTo(at, rest),
    async send(count: number, over: Parameters<typeof bench.send>[2] = {}): Promise<void> {
      await bench.send(count, "a", over);
      await rest();
    },
    /** Attempts by an integration, of one day. */
    count: (key: string, day = dayOf(bench.clock.now())) =>
      started.filter(({ call }) => call.integration === key && dayOf(call.at) === day).length,
    used: (key: string, day = dayOf(bench.clock.now())) => allowances.used.get(`1 ${key} ${day}`) ?? 0,
    reasons: () => settled.map(({ after }) => ("reason" in after ? after.reason : undefined)),
  };
}

test("what is above an integration's day goes by the other, and by the first again the next day", async () => {
  const { send, count, to, settled } = world([{ key: "a", limits: { perDay: 100 } }, { key: "b" }]);
  await send(300);
  expect([count("a"), count("b"), settled.length]).toEqual([100, 200, 0]);
  await send(50, { lane: "critical" });
  expect([count("a"), count("b")]).toEqual([100, 250]);
  await to(today + dayMs);
  await send(30);
  expect([count("a"), count("b")]).toEqual([30, 0]);
});

test("with nowhere else to go it waits until past midnight, day by day, each behind a spread of its own", async () => {
  const { send, count, to, settled, reasons } = world([{ key: "a", limits: { perDay: 100 } }]);
  await send(250);
  expect([count("a"), settled.length, new Set(reasons())]).toEqual([100, 150, new Set(["quota_reached"])]);
  const dues = settled.map(({ after }) => (after.state === "queued" ? after.dueAt - today - dayMs : -1));
  expect([Math.min(...dues) >= 0, Math.max(...dues) <= 600_000, new Set(dues).size > 100]).toEqual([true, true, true]);
  await to(today + dayMs - 1);
  expect(count("a", dayOf(today))).toBe(100);
  await to(today + dayMs + 700_000);
  expect(count("a")).toBe(100);
  await to(today + 2 * dayMs + 700_000);
  expect(count("a")).toBe(50);
});

test("what expires before the next day ends so at once, and says why", async () => {
  const { send, settled } = world([{ key: "a", limits: { perDay: 1 } }]);
  await send(3, { expiresAt: today + dayMs });
  expect(settled.map(({ after }) => after)).toEqual([
    { state: "expired", reason: "quota_reached" },
    { state: "expired", reason: "quota_reached" },
  ]);
});

test("of several processes all together send no more than the day has", async () => {
  const shared = memoryAllowances();
  const accounts = [{ key: "a", limits: { perDay: 100 } }];
  const processes = [world(accounts, {}, shared), world(accounts, {}, shared), world(accounts, {}, shared)];
  for (let round = 0; round < 10; round += 1) for (const each of processes) await each.send(7);
  const counts = processes.map(({ count }) => count("a"));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  // Nobody took all of it to himself.
  expect(Math.max(...counts)).toBeLessThan(60);
});

test("a process that stops, or has nothing to send, gives back what it set aside", async () => {
  const one = world([{ key: "a", limits: { perDay: 1000 } }]);
  await one.send(10);
  expect(one.used("integration:a")).toBeGreaterThan(10);
  await one.to(today + 700_000);
  expect(one.used("integration:a")).toBe(10);
  await one.send(5);
  expect(one.used("integration:a")).toBeGreaterThan(15);
  await one.bench.deliver.stop();
  expect(one.used("integration:a")).toBe(15);
});

test("what is set aside is void at midnight, so that no day has more than its own", async () => {
  const { send, count, to, used } = world([{ key: "a", limits: { perDay: 100 } }]);
  await to(today + dayMs - 60_000);
  await send(10);
  await to(today + dayMs);
  await send(200);
  expect([count("a"), used("integration:a")]).toEqual([100, 100]);
});

test("a message that is not STARTED uses nothing", async () => {
  const allowances = memoryAllowances();
  let refuses = true;
  const store = {
    ...allowances,
    startAttempts: async ({ attempts }: { attempts: readonly AttemptStart[] }) =>
      attempts.map(() => ({ status: refuses ? ("suppressed" as const) : ("started" as const) })),
  };
  const bench = loadBench(
    [{ key: "a", limits: { perDay: 10 }, send: async (b) => b.map(() => ({ status: "accepted" as const })) }],
    {},
    store,
  );
  await bench.send(50);
  refuses = false;
  await bench.deliver.stop();
  expect(allowances.used.get(`1 integration:a ${dayOf(today)}`)).toBe(0);
});

test("a warm-up lets out its plan, critical all the same, and everything once the plan is over", async () => {
  const warmUp = { startedOn: "2026-01-01", plan: [5, 8] };
  const { send, count, to, reasons, used } = world([{ key: "a", warmUp }]);
  await send(20);
  expect([count("a"), new Set(reasons())]).toEqual([5, new Set(["warm_up_reached"])]);
  await send(4, { lane: "critical" });
  expect([count("a"), used("integration:a")]).toEqual([9, 9]);
  await send(3);
  expect(count("a")).toBe(9);
  await to(today + dayMs + 700_000);
  expect(count("a")).toBe(8);
  await to(today + 2 * dayMs + 700_000);
  await send(30);
  expect(count("a")).toBe(18 - 8 + 30);
});

test("critical passes a warm-up and not the day's quota", async () => {
  const warmUp = { startedOn: "2026-01-01", plan: [2] };
  const { send, count, reasons } = world([{ key: "a", warmUp, limits: { perDay: 6 } }]);
  await send(5);
  await send(9, { lane: "critical" });
  expect([count("a"), reasons().filter((reason) => reason === "quota_reached").length]).toEqual([6, 5]);
});

test("a warm-up stops itself while too many bounce, but for what is critical, and goes on once they are fewer", async () => {
  const allowances = memoryAllowances();
  const { send, count, to, reasons } = world(
    [{ key: "a", warmUp: { startedOn: "2026-01-01", plan: [500, 500] } }, { key: "b" }],
    {},
    allowances,
  );
  await send(60);
  expect([count("a"), count("b")]).toEqual([60, 0]);
  allowances.bounces.push({ integration: "a", sent: 60, bounced: 2 });
  await to(today + 400_000);
  await send(10);
  expect([count("a"), count("b")]).toEqual([60, 10]);
  await send(4, { lane: "critical" });
  expect([count("a"), count("b"), reasons()]).toEqual([64, 10, []]);
  allowances.bounces.splice(0, 1, { integration: "a", sent: 100, bounced: 3 });
  await to(today + 800_000);
  await send(10);
  expect([count("a"), count("b")]).toEqual([74, 10]);
});

test("a budget holds back what is not critical until the next day; critical is counted above it", async () => {
  const policy = { budget: { perDay: 1 } };
  const { send, count, to, reasons, used } = world([{ key: "a", price: { amount: 0.07 } }], { policy });
  await send(30, { lane: "marketing" });
  expect([count("a"), new Set(reasons())]).toEqual([14, new Set(["budget_reached"])]);
  await send(5, { lane: "transactional" });
  expect(count("a")).toBe(14);
  await send(10, { lane: "critical" });
  expect(count("a")).toBe(24);
  expect(used("spend:")).toBeGreaterThanOrEqual(24 * 70_000);
  await to(today + dayMs + 700_000);
  expect(count("a")).toBe(14);
});

test("a tenant's budget is its own, and within the environment's", async () => {
  const setting = { policy: { budget: { perDay: 10 } }, tenants: { small: { budget: { perDay: 3 } }, free: {} } };
  const { send, count, settled } = world([{ key: "a", price: { amount: 1 } }], setting);
  await send(5, { tenant: "small" });
  expect([count("a"), settled.length]).toEqual([3, 2]);
  await send(20, { tenant: "free" });
  expect([count("a"), settled.length]).toEqual([10, 15]);
});

test("an integration without a price costs no budget, and one without bounds asks the store nothing", async () => {
  const allowances = memoryAllowances();
  const { send, count } = world([{ key: "a" }], { policy: { budget: { perDay: 0 } } }, allowances);
  await send(20, { lane: "marketing" });
  expect([count("a"), allowances.used.size]).toEqual([20, 0]);
});

test("marketing that may be at a provider whose day is used up goes nowhere else: it waits", async () => {
  const { bench, send, count, rest, settled } = world([{ key: "a", limits: { perDay: 1 } }, { key: "b" }]);
  await send(2, { lane: "marketing" });
  expect([count("a"), count("b")]).toEqual([1, 1]);
  const [known] = bench.deliveries.values();
  if (known === undefined) throw new RangeError("nothing was sent");
  const lost = { ...known, attempts: 1, last: { integration: "a", outcome: "unknown" as const } };
  await bench.handle([lost], "marketing");
  await rest();
  expect([count("b"), settled.map(({ after }) => after.state)]).toEqual([1, ["queued"]]);
});

test("what is taken at once with the commit is paid for, and given back where nothing is committed", async () => {
  const { bench, send, used } = world([{ key: "a", limits: { perDay: 1000 } }]);
  await send(1);
  const [known] = bench.deliveries.values();
  if (known === undefined) throw new RangeError("nothing was sent");
  const taking = (count: number) =>
    bench.deliver.take(Array.from({ length: count }, (_, index) => ({ ...known, id: `n${index}` })));
  expect(taking(3).calls.every((call) => call !== null)).toBe(true);
  taking(5).giveUp();
  const beyond = taking(400).calls.filter((call) => call !== null).length;
  // 250 were set aside: 1 and 3 are used, the 5 are there again.
  expect([beyond, used("integration:a")]).toEqual([246, 250]);
});
