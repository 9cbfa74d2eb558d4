import { describe, expect, test } from "vitest";
import { sealContext } from "../../domain/event-payload.ts";
import { deriveId } from "../../lib/ids.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { queueItem } from "../../ports/queue.ts";
import { times } from "../../store/conformance/corner.conformance.ts";
import { type Documents, stepWorld } from "./step-world.conformance.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const minute = 60_000;
const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const paid = (over: object = {}) => ({
  id: "paid",
  type: "wait_for",
  event: "order.paid",
  timeoutSeconds: 120,
  ...over,
});
/** Tells by its messages how the wait ended. */
const told = [
  {
    id: "how",
    type: "condition",
    if: { field: "steps.paid.arrived", op: "eq", value: true },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
    then: [mail("thanks")],
    else: [mail("remind")],
  },
];
const pause = (seconds: number) => ({ id: "pause", type: "delay", seconds });
const workflows: Documents["workflows"] = {
  abandoned: { event: "checkout.abandoned", steps: [paid(), ...told] },
  cart: { event: "cart.left", steps: [paid({ match: { "data.cart": "data.cartId" } }), ...told] },
  anybody: { event: "order.opened", steps: [paid({ match: { "data.n": "data.n" }, recipient: "any" }), ...told] },
  later: { event: "later", steps: [pause(30), paid(), ...told] },
  again: { event: "order.paid.twice", steps: [mail("first"), paid({ event: "order.paid.twice" }), ...told] },
};

async function open(documents: Documents = { workflows }) {
  const w = await stepWorld(documents);
  const stop: (() => Promise<void>)[] = [];
  const start = (crashAfter?: number) => {
    const queue = w.start(crashAfter);
    // One that is to die may never come to its end.
    if (crashAfter === undefined) stop.push(() => queue.stop());
    return queue;
  };
  /** Somebody who can be reached. */
  const meet = async (...ids: string[]) => {
    for (const id of ids) await w.accept("hello", { id, body: { email: `${id}@example.org` } });
    await w.rest();
  };
  const sent = async (id: string) => (await w.shown(id))?.messages.map(({ step }) => step);
  const close = async () => {
    for (const one of stop) await one();
    w.database.close();
    expect(w.faults).toEqual([]);
  };
  return { ...w, start, meet, sent, close };
}

describe("a step that waits for an event", () => {
  test("goes on at once when it arrives, with the event as its result", async () => {
    const w = await open();
    const queue = w.start();
    await w.meet("u1");
    const id = await w.accept("checkout.abandoned", {});
    await w.rest(minute);
    expect(await w.shown(id)).toMatchObject({ runs: [{ state: "waiting" }], messages: [] });
    const paidId = await w.accept("order.paid", { data: { total: 5 } });
    // Handed over as ingest does it: no poll comes between that and the message.
    queue.publish("events.transactional", [queueItem(paidId, null)]);
    await w.clock.settleTo(w.clock.now() + 1);
    expect(await w.sent(id)).toEqual(["thanks"]);
    const [delivery] = [...w.delivered.values()];
    expect(delivery?.steps).toMatchObject({
      paid: { arrived: true, event: { name: "order.paid", id: paidId, data: { total: 5 } } },
    });
    expect(await w.shown(paidId)).toMatchObject({ decisions: [{ reason: "no_workflow" }] });
    await w.rest(3 * minute);
    expect(await w.shown(id)).toMatchObject({ runs: [{ state: "completed" }], messages: [{ step: "thanks" }] });
    await w.close();
  });

  test("goes on without it when its time is up, and what comes then does nothing", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    const id = await w.accept("checkout.abandoned", {});
    await w.rest(2 * minute - 2000);
    expect(await w.sent(id)).toEqual([]);
    await w.rest(4000);
    expect(await w.sent(id)).toEqual(["remind"]);
    await w.accept("order.paid", {});
    await w.rest(minute);
    expect(await w.sent(id)).toEqual(["remind"]);
    const [delivery] = [...w.delivered.values()];
    expect(delivery?.steps).toEqual({ paid: { arrived: false } });
    await w.close();
  });

  test("is not ended by another recipient's event, by one of another name, or by one with other values", async () => {
    const w = await open();
    w.start();
    await w.meet("u1", "u2");
    const [plain, cart] = [
      await w.accept("checkout.abandoned", {}),
      await w.accept("cart.left", { data: { cart: 7 } }),
    ];
    await w.rest();
    await w.accept("order.paid", { id: "u2", data: { cartId: 7 } });
    await w.accept("order.shipped", { data: { cartId: 7 } });
    await w.rest();
    expect([await w.sent(plain), await w.sent(cart)]).toEqual([[], []]);
    await w.accept("order.paid", { data: { cartId: "7" } });
    await w.rest();
    expect([await w.sent(plain), await w.sent(cart)]).toEqual([["thanks"], []]);
    await w.accept("order.paid", { data: { cartId: 7 } });
    await w.rest();
    expect(await w.sent(cart)).toEqual(["thanks"]);
    await w.close();
  });

  test("is ended by anybody's event with the same value, for all that wait, where the recipient may be any", async () => {
    const w = await open();
    w.start();
    const people = times(17, (n) => `u${n}`);
    await w.meet(...people);
    const ids: string[] = [];
    for (const id of people) ids.push(await w.accept("order.opened", { id, data: { n: 1 } }));
    const other = await w.accept("order.opened", { id: "u0", data: { n: 2 } });
    await w.rest();
    await w.accept("order.paid", { id: "somebody", data: { n: 1 } });
    await w.rest();
    for (const id of ids) expect(await w.sent(id)).toEqual(["thanks"]);
    expect(await w.sent(other)).toEqual([]);
    expect(w.database.get("select count(*) as n from wake")).toEqual({ n: 0 });
    await w.close();
  });

  test("is ended by an event to a topic of which its recipient is, though no workflow starts with it", async () => {
    const w = await open();
    w.start();
    const people = times(25, (n) => `u${n}`);
    await w.meet(...people);
    const { environmentId, store } = w.corner;
    const now = w.clock.now();
    await store.putTopic({ environmentId, key: "buyers", id: w.corner.id(), name: null, description: null, now });
    await store.subscribe({ environmentId, key: "buyers", recipients: people.slice(0, 24), now });
    const ids: string[] = [];
    for (const id of people) ids.push(await w.accept("checkout.abandoned", { id }));
    await w.rest();
    const payload = JSON.stringify({ data: {}, recipients: [], audiences: [{ topic: "buyers" }] });
    const at = w.clock.now();
    await w.corner.accepted({
      id: deriveId(at, "paid by all"),
      name: "order.paid",
      receivedAt: at,
      dueAt: at,
      payload: w.keyring.sealForEnvironment(environmentId, sealContext.payload, payload),
    });
    await w.rest(5000);
    const ends = await Promise.all(ids.map((id) => w.sent(id)));
    expect(ends).toEqual([...times(24, () => ["thanks"]), []]);
    await w.close();
  });

  test("waits for its time alone where its own event has no such value", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    const id = await w.accept("cart.left", {});
    await w.rest();
    await w.accept("order.paid", {});
    await w.rest();
    expect(await w.sent(id)).toEqual([]);
    await w.rest(2 * minute);
    expect(await w.sent(id)).toEqual(["remind"]);
    await w.close();
  });

  test("counts what came since its own event was accepted, and nothing before", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    await w.accept("order.paid", {});
    await w.rest();
    const early = await w.accept("later", {});
    await w.rest(35_000);
    expect(await w.sent(early)).toEqual([]);
    const missed = await w.accept("later", {});
    await w.rest();
    await w.accept("order.paid", {});
    await w.rest(35_000);
    expect([await w.sent(early), await w.sent(missed)]).toEqual([["thanks"], ["thanks"]]);
    await w.close();
  });

  test("is not ended by its own event, but by the next of the same name", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    const first = await w.accept("order.paid.twice", {});
    await w.rest();
    expect(await w.sent(first)).toEqual(["first"]);
    const second = await w.accept("order.paid.twice", {});
    await w.rest();
    expect([await w.sent(first), await w.sent(second)]).toEqual([["first", "thanks"], ["first"]]);
    await w.close();
  });

  test("ends with its event's cancellation, and leaves nobody who waits", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    const id = await w.accept("checkout.abandoned", { cancellationHash: "c" });
    await w.rest();
    const { environmentId, store } = w.corner;
    await store.cancelEvents({ environmentId, cancellationHash: "c", now: w.clock.now() });
    await w.accept("order.paid", {});
    await w.rest(3 * minute);
    expect(await w.shown(id)).toMatchObject({ runs: [{ state: "canceled" }], messages: [] });
    await w.close();
  });

  test("leaves out of its result what is too large for it", async () => {
    const w = await open();
    w.start();
    await w.meet("u1");
    await w.accept("checkout.abandoned", {});
    await w.rest();
    await w.accept("order.paid", { data: { long: "x".repeat(1000) } });
    await w.rest();
    const [delivery] = [...w.delivered.values()];
    expect(delivery?.steps).toMatchObject({ paid: { arrived: true, event: { data: {}, truncated: true } } });
    await w.close();
  });

  test("ends in exactly one way each, over deaths and with several processes", async () => {
    const random = new SeededRandom(seed);
    const w = await open();
    const people = times(12, (n) => `u${n}`);
    const last = w.start();
    await w.meet(...people);
    await last.stop();
    const ids = new Map<string, string>();
    for (const id of people) ids.set(id, await w.accept("checkout.abandoned", { id }));
    const paying = people.filter(() => random.chance(0.5));
    for (const crashAfter of times(4, () => 1 + random.int(30))) {
      w.start(crashAfter);
      w.start(crashAfter + 3);
      await w.rest(500);
    }
    for (const id of paying) await w.accept("order.paid", { id });
    for (const crashAfter of times(4, () => 1 + random.int(30))) {
      w.start(crashAfter);
      w.start(crashAfter + 3);
      await w.rest(500);
    }
    for (let started = 0; started < 4; started += 1) w.start();
    await w.rest(3 * minute);
    for (const [id, event] of ids)
      expect([id, await w.sent(event)], `seed ${seed}`).toEqual([id, [paying.includes(id) ? "thanks" : "remind"]]);
    await w.close();
  });
});
