import type { Lane } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import type { OutboundMessage, Outcome } from "../../ports/provider.ts";
import type { AttemptOutcome } from "../../ports/store/deliver.ts";
import { type Account, loadBench } from "./load-bench.conformance.ts";

type Behaviour = (message: OutboundMessage) => Outcome | "silent";

const accepted: Outcome = { status: "accepted" };
const refusal = (over: object = {}): Outcome => ({ status: "rejected", kind: "transient", code: "503", ...over });

/** Two accounts, or more, whose behaviour a test may change at any time; what is refused comes back when it is due. */
function world(keys: readonly string[], more: (key: string) => Partial<Account> = () => ({})) {
  const behaviour = new Map<string, Behaviour>(keys.map((key) => [key, () => accepted]));
  const sent = new Map<string, string[]>(keys.map((key) => [key, []]));
  const outcomes: AttemptOutcome[] = [];
  const send = (key: string): NonNullable<Account["send"]> => {
    return async (batch) => {
      const all = batch.map((message) => behaviour.get(key)?.(message) ?? accepted);
      if (all.includes("silent")) return new Promise(() => undefined);
      const given = all.filter((outcome): outcome is Outcome => outcome !== "silent");
      given.forEach((outcome, index) => {
        if (outcome.status === "accepted") sent.get(key)?.push(batch[index]?.id ?? "");
      });
      return given;
    };
  };
  const bench = loadBench(
    keys.map((key, index) => ({ key, priority: index, send: send(key), ...more(key) })),
    { timeoutMs: 10_000, leaseMarginMs: 900 },
    {
      recordOutcomes: async ({ outcomes: ended, lane }) => {
        outcomes.push(...ended);
        for (const outcome of ended) again(outcome, lane);
        return ended.map(() => "recorded");
      },
      settleMessages: async ({ settlements }) => settlements.map(() => "recorded"),
    },
  );
  function again({ messageId, after, number, integration, outcome }: AttemptOutcome, lane: Lane): void {
    const delivery = bench.deliveries.get(messageId);
    if (after.state !== "queued" || delivery === undefined || outcome === "accepted") return;
    const next = { ...delivery, attempts: number, firstAttemptAt: 0, last: { integration, outcome } };
    bench.clock.after(Math.max(0, after.dueAt - bench.clock.now()), () => void bench.handle([next], lane));
  }
  const settle = (ms: number) => bench.clock.settleTo(bench.clock.now() + ms, rest);
  return { bench, behaviour, sent, outcomes, settle, count: (key: string) => sent.get(key)?.length ?? 0 };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await eventLoopTurn();
}

test("what the first integration refuses goes out by the second at once, and soon nothing is tried there any more", async () => {
  const { bench, behaviour, count, settle, outcomes } = world(["a", "b"]);
  await bench.send(5);
  expect([count("a"), count("b")]).toEqual([5, 0]);
  let tries = 0;
  behaviour.set("a", () => {
    tries += 1;
    return refusal();
  });
  for (let round = 0; round < 20; round += 1) {
    await bench.send(10);
    await settle(10);
  }
  expect(count("b")).toBe(200);
  // By then the circuit is open: what follows is not tried there.
  expect(tries).toBeLessThanOrEqual(20);
  expect(outcomes.filter(({ outcome }) => outcome === "rejected")).toHaveLength(tries);
});

test("it is probed with one message after each pause, and has its messages again once one is accepted", async () => {
  const { bench, behaviour, count, settle } = world(["a", "b"]);
  let tries = 0;
  behaviour.set("a", () => {
    tries += 1;
    return refusal();
  });
  await bench.send(20);
  await settle(100);
  const atOpening = tries;
  for (let second = 0; second < 60; second += 1) {
    await bench.send(10);
    await settle(1000);
  }
  const probes = tries - atOpening;
  expect(probes).toBeGreaterThanOrEqual(4);
  expect(probes).toBeLessThanOrEqual(8);
  expect(count("b")).toBe(620);
  behaviour.set("a", () => accepted);
  for (let second = 0; second < 25; second += 1) {
    await bench.send(1);
    await settle(1000);
  }
  expect(count("a")).toBeGreaterThan(0);
  const before = count("a");
  await bench.send(10);
  await settle(10);
  expect(count("a")).toBe(before + 10);
});

test("one that answers nothing is left within seconds: what waits in its line goes out by the other", async () => {
  const { bench, behaviour, count, settle, outcomes } = world(["a", "b"], (key) =>
    key === "a" ? { limits: { maxInFlight: 10 } } : {},
  );
  behaviour.set("a", () => "silent");
  await bench.send(100);
  await settle(100);
  expect([count("a"), count("b")]).toEqual([0, 0]);
  await settle(4000);
  expect(count("b")).toBe(91);
  // Calls that are under way end by time, and transactional messages are repeated.
  await settle(200_000);
  expect(outcomes.filter(({ outcome }) => outcome === "unknown").length).toBeGreaterThanOrEqual(9);
  expect(new Set(outcomes.filter(({ outcome }) => outcome === "accepted").map(({ messageId }) => messageId)).size).toBe(
    100,
  );
});

test("marketing that may be at a silent provider goes nowhere else", async () => {
  const { bench, behaviour, count, settle, outcomes } = world(["a", "b"]);
  behaviour.set("a", () => "silent");
  await bench.send(20, "a", { lane: "marketing" });
  await settle(30_000);
  const ends = outcomes.map(({ after }) => after.state);
  expect(ends.filter((state) => state === "unknown")).toHaveLength(20);
  expect(count("b")).toBe(0);
});

test("an account that lets nothing out keeps its messages, and gets one at a time until it does", async () => {
  const { bench, behaviour, count, settle, outcomes } = world(["a"]);
  let tries = 0;
  behaviour.set("a", () => {
    tries += 1;
    return refusal({ code: "401", scope: "integration" });
  });
  await bench.send(1);
  await settle(1);
  await bench.send(50);
  await settle(10_000);
  expect(tries).toBeLessThanOrEqual(6);
  expect(bench.deliver.load.buffers[0]).toMatchObject({ reason: "circuit_open" });
  behaviour.set("a", () => accepted);
  await settle(21_000);
  expect(count("a")).toBeGreaterThanOrEqual(45);
  await settle(6 * 60_000);
  expect(count("a")).toBe(51);
  expect(outcomes.every(({ after }) => after.state !== "dead")).toBe(true);
});

test("one that asks to be left alone for a time is left alone for it, and then has all that waited", async () => {
  const { bench, behaviour, count, settle } = world(["a"]);
  behaviour.set("a", () => refusal({ code: "429", scope: "integration", retryAfterMs: 5000 }));
  await bench.send(1);
  await settle(1);
  behaviour.set("a", () => accepted);
  await bench.send(30);
  await settle(4990);
  expect(count("a")).toBe(0);
  await settle(20);
  expect(count("a")).toBe(30);
});

test("where none lets messages through they are tried on, each by its schedule", async () => {
  const { bench, behaviour, settle, outcomes } = world(["a", "b"]);
  for (const key of ["a", "b"]) behaviour.set(key, () => refusal());
  await bench.send(30);
  await settle(1000);
  const tried = outcomes.length;
  expect(tried).toBeGreaterThanOrEqual(30);
  await settle(24 * 3_600_000);
  // Every message ends, and none in silence.
  expect(new Set(outcomes.filter(({ after }) => after.state === "dead").map(({ messageId }) => messageId)).size).toBe(
    30,
  );
});

test("a domain that an integration may not mail is avoided there alone", async () => {
  const { bench, behaviour, count, settle } = world(["a", "b"]);
  behaviour.set("a", () => refusal({ kind: "permanent", code: "policy", scope: "destination" }));
  await bench.send(1);
  await settle(1);
  behaviour.set("a", () => accepted);
  await bench.send(10);
  await settle(1);
  // Webhooks have no domain in common: nothing was avoided.
  expect([count("a"), count("b")]).toEqual([10, 0]);
});
