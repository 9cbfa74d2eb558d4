import { expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { AttemptOutcome, DeliveryRecord } from "../../ports/store/deliver.ts";
import { type Account, loadBench } from "./load-bench.conformance.ts";

/** One account, whose calls take 40 ms and come to `outcome`; what was recorded. */
function world(outcome: Outcome, account: Partial<Account>, records: readonly DeliveryRecord[] = []) {
  const recorded: AttemptOutcome[] = [];
  const send: Account["send"] = (batch) =>
    new Promise((resolve) => bench.clock.after(40, () => resolve(batch.map(() => outcome))));
  const bench = loadBench(
    [{ key: "a", send, ...account }],
    {},
    {
      loadDeliveries: async () => [...records],
      recordOutcomes: async ({ outcomes }) => {
        recorded.push(...outcomes);
        return outcomes.map(() => "recorded");
      },
    },
  );
  const now = bench.clock.now();
  const delivery = (over: Partial<Delivery> = {}): Delivery => ({
    ...someDelivery("m", someOrigin({ channel: "webhook" })),
    content: { text: "x" },
    createdAt: now - 500,
    ...over,
  });
  const after = async (items: readonly Delivery[]): Promise<AttemptOutcome[]> => {
    await bench.handle(items, "transactional");
    await bench.clock.settleTo(now + 100, async () => {
      for (let turn = 0; turn < 5; turn += 1) await eventLoopTurn();
    });
    return recorded;
  };
  return { bench, now, delivery, after };
}

const accepted: Outcome = { status: "accepted" };
const lost: Outcome = { status: "unknown", code: "timeout" };
const price = { amount: 0.5, countries: { AT: 0.7 } };

test("how long it took is counted from when a message was made, or from when a rule let it go", async () => {
  const made = world(accepted, {});
  expect(await made.after([made.delivery()])).toMatchObject([{ outcome: "accepted", latencyMs: 540 }]);
  const putOff = world(accepted, {});
  expect(await putOff.after([putOff.delivery({ putOffTo: putOff.now - 100 })])).toMatchObject([{ latencyMs: 140 }]);
  const unknown = world(lost, {});
  expect((await unknown.after([unknown.delivery()]))[0]?.latencyMs).toBeUndefined();
});

test("an attempt has the price of its recipient's country, and one without a price costs nothing", async () => {
  const priced = world(accepted, { price });
  const recipient = { id: "u", attributes: {}, country: "AT" };
  const outcomes = await priced.after([priced.delivery({ recipient }), priced.delivery({ id: "n" })]);
  expect(outcomes.map(({ cost }) => cost).sort()).toEqual([500_000, 700_000]);
  const free = world(accepted, {});
  expect(await free.after([free.delivery()])).toMatchObject([{ cost: 0 }]);
});

test("an unknown end costs, but where the vendor is asked again and drops repetitions", async () => {
  const costs = async (account: Partial<Account>) => {
    const { after, delivery } = world(lost, { price, ...account });
    return (await after([delivery()])).map(({ after: next, cost }) => [next.state, cost]);
  };
  expect(await costs({})).toEqual([["queued", 500_000]]);
  expect(await costs({ idempotent: true })).toEqual([["queued", 0]]);
});

test("an attempt whose process is gone costs what its integration asks, though nothing of the message can be opened", async () => {
  const at = Date.UTC(2026, 0, 1) - 60_000;
  const record: DeliveryRecord = {
    id: "gone",
    runId: "",
    origin: someOrigin({ channel: "webhook" }),
    recipient: "u",
    addressHash: "h",
    state: "sending",
    createdAt: at,
    putOffTo: null,
    mailbox: undefined,
    expiresAt: null,
    content: null,
    attempts: 1,
    firstAttemptAt: at,
    open: { integration: "a", node: "there", startedAt: at, leaseUntil: at + 1 },
    last: undefined,
    event: { id: "e", tenant: "", payload: "p", trace: null },
    recipientRecord: {
      environmentId: 1,
      id: "u",
      wrappedKey: "k",
      profile: "{}",
      sealed: "s",
      updatedAt: at,
      version: 1,
      choices: null,
    },
  };
  const { bench, after } = world(accepted, { price }, [record]);
  await bench.look([record.id], "transactional");
  const ended = { messageId: record.id, outcome: "unknown", code: "process_lost", cost: 500_000 };
  expect(await after([])).toMatchObject([ended]);
});
