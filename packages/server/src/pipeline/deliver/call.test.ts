import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { OutboundMessage, Outcome, Provider } from "../../ports/provider.ts";
import { callProvider } from "./call.ts";

const message = (id: string): OutboundMessage => ({
  id,
  attempt: 1,
  idempotencyKey: id,
  channel: "email",
  lane: "critical",
  tenant: undefined,
  recipient: "user-1",
  category: "orders",
  to: "to",
  content: {},
  createdAt: 0,
  expiresAt: null,
});
const batch = ["a", "b", "c"].map(message);
const provider = (send: Provider["send"]): Provider => ({
  maxBatch: 10,
  idempotent: false,
  send,
  close: async () => {},
});
const accepted: Outcome = { status: "accepted" };

function bench(send: Provider["send"]) {
  const clock = new SimulatedClock(0);
  const late: (readonly Outcome[])[] = [];
  const called = callProvider(
    provider(send),
    batch,
    { callId: "c1", timeoutMs: 1000, clock, trace: undefined },
    (outcomes) => late.push(outcomes),
  );
  return { clock, late, called };
}

describe("a call of a provider", () => {
  test("gives an outcome per message, in order, and leaves no timer", async () => {
    const { clock, called, late } = bench(async (given, { callId }) =>
      given.map(({ id }) => ({ status: "accepted", providerMessageId: `${callId} ${id}` })),
    );
    expect(await called).toEqual(["a", "b", "c"].map((id) => ({ status: "accepted", providerMessageId: `c1 ${id}` })));
    expect([clock.pending, late.length]).toEqual([0, 0]);
  });

  test("that takes too long is unknown for every message, is aborted, and what comes after it is told", async () => {
    let answer: (outcomes: Outcome[]) => void = () => {};
    let aborted = false;
    const { clock, called, late } = bench(
      (_, { signal }) =>
        new Promise((resolve) => {
          answer = resolve;
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    );
    await clock.settleTo(999);
    expect(aborted).toBe(false);
    await clock.settleTo(1000);
    expect(await called).toEqual(batch.map(() => ({ status: "unknown", code: "timeout" })));
    expect(aborted).toBe(true);
    answer([accepted, accepted, { status: "unknown", code: "aborted" }]);
    await clock.settleTo(1001);
    expect(late).toEqual([[accepted, accepted, { status: "unknown", code: "aborted" }]]);
  });

  test("that was aborted and knows nothing more tells nothing more", async () => {
    const { clock, called, late } = bench(
      (given, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve(given.map(() => ({ status: "unknown", code: "aborted" })))),
        ),
    );
    await clock.settleTo(5000);
    expect(await called).toHaveLength(3);
    expect(late).toEqual([]);
  });

  test("that throws, at once or later, is unknown: nobody knows what it sent", async () => {
    const rejects = bench(() => Promise.reject(new TypeError("boom")));
    expect(await rejects.called).toEqual(
      batch.map(() => ({ status: "unknown", code: "provider_fault", detail: "TypeError" })),
    );
    const throws = bench(() => {
      throw new TypeError("boom");
    });
    expect(await throws.called).toEqual(
      batch.map(() => ({ status: "unknown", code: "provider_fault", detail: "TypeError" })),
    );
    expect(throws.clock.pending).toBe(0);
  });

  test("that answers for fewer messages leaves the others unknown", async () => {
    const { called } = bench(async () => [accepted]);
    expect(await called).toEqual([
      accepted,
      ...Array.from({ length: 2 }, () => ({ status: "unknown", code: "no_outcome" })),
    ]);
  });
});
