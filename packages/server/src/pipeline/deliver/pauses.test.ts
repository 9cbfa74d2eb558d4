import type { Lane } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Pause } from "../../domain/pause.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import type { OutboundMessage, Outcome } from "../../ports/provider.ts";
import type { AttemptOutcome, Settlement } from "../../ports/store/deliver.ts";
import type { Hold } from "../../ports/store/pauses.ts";
import { type Account, loadBench } from "./load-bench.conformance.ts";

const accepted: Outcome = { status: "accepted" };
const pauseOf = (kind: Pause["kind"], key: string, over: Partial<Pause> = {}): Pause => ({
  id: `${kind} ${key}`,
  kind,
  key,
  tenant: "",
  until: null,
  ...over,
});

/** An account of few places, whose calls end when a test says so. */
const few = () => ({ limits: { maxInFlight: 1 } });

/** Accounts that take everything at once, or hold their calls until a test ends them. */
function world(
  keys: readonly string[],
  more: (key: string) => Partial<Account> = () => ({}),
  isHeld = false,
  outcomes: AttemptOutcome[] = [],
) {
  const sent: string[] = [];
  const started: string[] = [];
  const holds: (Hold & { lane: Lane })[] = [];
  const settlements: Settlement[] = [];
  const releases: number[] = [];
  const faults = { holds: false };
  const released = [3, 2, 0];
  const fault: string[] = [];
  const send = (key: string) => async (batch: readonly OutboundMessage[]) => {
    for (const { id } of batch) sent.push(`${key} ${id}`);
    return batch.map(() => accepted);
  };
  const bench = loadBench(
    keys.map((key, index) => ({ key, priority: index, ...(isHeld ? {} : { send: send(key) }), ...more(key) })),
    {},
    {
      startAttempts: async ({ attempts }) => {
        started.push(...attempts.map(({ messageId }) => messageId));
        return attempts.map(() => ({ status: "started" }));
      },
      holdMessages: async ({ holds: some, lane }) => {
        if (faults.holds) throw new Error("disk");
        holds.push(...some.map((hold) => ({ ...hold, lane })));
        return some.map(() => "held");
      },
      recordOutcomes: async ({ outcomes: ended }) => {
        outcomes.push(...ended);
        return ended.map(() => "recorded");
      },
      settleMessages: async ({ settlements: some }) => {
        settlements.push(...some);
        return some.map(() => "recorded");
      },
      releaseHeld: async ({ now }) => {
        releases.push(now);
        const count = released.shift() ?? 0;
        return { count, places: count > 0 ? [{ lane: "marketing", channel: "email" }] : [], isLeft: count > 0 };
      },
    },
    { onFault: (where, id) => void fault.push(`${where} ${id}`) },
  );
  const handle = (id: string, to: Partial<Delivery> = {}, origin: Parameters<typeof someOrigin>[0] = {}) => {
    const full = someOrigin({ channel: "webhook", ...origin });
    return bench.handle([{ ...someDelivery(id, full), to: "a", content: { text: "x" }, ...to }], full.lane);
  };
  const rest = async () => {
    for (let turn = 0; turn < 5; turn += 1) await eventLoopTurn();
  };
  return { ...bench, sent, started, holds, settlements, releases, faults, fault, handle, rest };
}

test("what is paused is kept by its pause, whichever of its names that is of, and all else goes out", async () => {
  const { paused, handle, sent, holds, rest, clock } = world(["a"]);
  paused.set([
    pauseOf("lane", "marketing"),
    pauseOf("channel", "sms"),
    pauseOf("workflow", "digest"),
    pauseOf("workflow", "news", { tenant: "acme", id: "of acme" }),
  ]);
  await handle("m1", {}, { lane: "marketing" });
  await handle("m2", { attempts: 2 }, { workflow: "digest" });
  await handle("m3", {}, { workflow: "news", tenant: "acme", lane: "critical" });
  await handle("m4", {}, { workflow: "news", tenant: "other" });
  await handle("m5", {}, { workflow: "news" });
  await handle("m6", {}, { lane: "critical" });
  await rest();
  const at = clock.now();
  expect(holds).toEqual([
    { environmentId: 1, messageId: "m1", attempts: 0, pauseId: "lane marketing", at, lane: "marketing" },
    { environmentId: 1, messageId: "m2", attempts: 2, pauseId: "workflow digest", at, lane: "transactional" },
    { environmentId: 1, messageId: "m3", attempts: 0, pauseId: "of acme", at, lane: "critical" },
  ]);
  expect(sent).toEqual(["a m4", "a m5", "a m6"]);
  paused.set([pauseOf("channel", "webhook")]);
  await handle("m7");
  await rest();
  expect(holds.at(-1)).toMatchObject({ messageId: "m7", pauseId: "channel webhook" });
  paused.set([]);
  await handle("m8");
  await rest();
  expect(sent.at(-1)).toBe("a m8");
});

test("one environment's pauses are none of another's", async () => {
  const { paused, send, sent, rest } = world(["a", "b"], (key) => (key === "b" ? { environmentId: 2 } : {}));
  paused.set([pauseOf("lane", "transactional")]);
  await send(2, "x", { environmentId: 2 });
  await send(2, "x");
  await rest();
  expect(sent.map((line) => line.slice(0, 1))).toEqual(["b", "b"]);
});

test("a pause ends by its time, and an expired message that it is of does not go out", async () => {
  const { paused, handle, sent, holds, settlements, rest, clock } = world(["a"]);
  paused.set([pauseOf("lane", "marketing", { until: clock.now() + 1000 })]);
  await handle("m1", { expiresAt: clock.now() }, { lane: "marketing" });
  await handle("m2", { expiresAt: clock.now() + 1 }, { lane: "marketing" });
  await rest();
  const expired = { state: "expired", reason: "expired" };
  expect(settlements).toMatchObject([{ messageId: "m1", attempts: 0, at: clock.now(), after: expired }]);
  expect(holds.map(({ messageId }) => messageId)).toEqual(["m2"]);
  await clock.settleTo(clock.now() + 1000, rest);
  await handle("m3", {}, { lane: "marketing" });
  await rest();
  expect(sent).toEqual(["a m3"]);
});

test("a paused integration is left to others; where all are paused the first one's pause keeps the message", async () => {
  const { paused, handle, sent, holds, rest } = world(["a", "b"]);
  paused.set([pauseOf("integration", "a")]);
  await handle("m1");
  await rest();
  expect(sent).toEqual(["b m1"]);
  paused.set([pauseOf("integration", "a", { tenant: "acme" }), pauseOf("integration", "b")]);
  await handle("m2", {}, { tenant: "acme" });
  await handle("m3", {}, { tenant: "other" });
  await rest();
  expect(holds).toMatchObject([{ messageId: "m2", pauseId: "integration a" }]);
  expect(sent).toEqual(["b m1", "a m3"]);
  // One that has to go by a named integration waits for that.
  await handle("m4", { via: "b" });
  await rest();
  expect(holds.at(-1)).toMatchObject({ messageId: "m4", pauseId: "integration b" });
});

test("marketing of an integration whose marketing is paused goes by no other; all else does, by this one too", async () => {
  const { paused, handle, sent, holds, rest } = world(["a", "b"]);
  paused.set([pauseOf("marketing", "a")]);
  await handle("m1", {}, { lane: "marketing" });
  await handle("m2", {}, { lane: "transactional" });
  await handle("m3", {}, { lane: "critical" });
  await rest();
  // The other one's alone.
  paused.set([pauseOf("marketing", "b")]);
  await handle("m4", {}, { lane: "marketing" });
  await rest();
  paused.set([pauseOf("integration", "a"), pauseOf("marketing", "b")]);
  await handle("m5", {}, { lane: "marketing" });
  await handle("m6");
  await rest();
  expect(sent).toEqual(["a m2", "a m3", "a m4", "b m6"]);
  expect(holds).toMatchObject([
    { messageId: "m1", pauseId: "marketing a" },
    { messageId: "m5", pauseId: "marketing b" },
  ]);
});

test("marketing whose end at a paused integration is unknown waits for it; what is transactional goes elsewhere", async () => {
  const { paused, handle, sent, holds, rest } = world(["a", "b"]);
  paused.set([pauseOf("integration", "a")]);
  const last = { integration: "a", outcome: "unknown" } as const;
  await handle("m1", { attempts: 1, last }, { lane: "marketing" });
  await handle("m2", { attempts: 1, last });
  await handle("m3", { attempts: 1, last: { integration: "b", outcome: "unknown" } }, { lane: "marketing" });
  await rest();
  expect(holds).toMatchObject([{ messageId: "m1", pauseId: "integration a", attempts: 1 }]);
  expect(sent).toEqual(["b m2", "b m3"]);
});

test("what an integration refuses is no longer tried at once where the other one is paused, but by its schedule", async () => {
  const refusal: Outcome = { status: "rejected", kind: "transient", code: "503" };
  const outcomes: AttemptOutcome[] = [];
  const refusing = { send: async (batch: readonly OutboundMessage[]) => batch.map(() => refusal) };
  const { paused, handle, rest, clock } = world(["a", "b"], (key) => (key === "a" ? refusing : {}), false, outcomes);
  await handle("m1");
  await rest();
  paused.set([pauseOf("integration", "b")]);
  await handle("m2");
  await rest();
  const [at, later] = outcomes.map(({ after }) => (after.state === "queued" ? after.dueAt - clock.now() : undefined));
  expect(at).toBe(0);
  expect(later).toBeGreaterThan(0);
});

test("what waits in memory when a pause begins is kept, what is started goes on, and others keep their places", async () => {
  const { paused, handle, calls, holds, started, acknowledged, rest } = world(["a"], few, true);
  for (const id of ["m1", "m2", "m3"]) await handle(id, {}, { lane: "marketing" });
  for (const id of ["t1", "t2", "t3"]) await handle(id);
  await rest();
  expect(started).toEqual(["m1"]);
  paused.set([pauseOf("lane", "marketing")]);
  await rest();
  expect(holds.map(({ messageId }) => messageId)).toEqual(["m2", "m3"]);
  expect(acknowledged).toEqual(["m2", "m3"]);
  while (calls.length > 0) {
    for (const end of calls.splice(0)) end();
    await rest();
  }
  expect(started).toEqual(["m1", "t1", "t2", "t3"]);
  expect(acknowledged.toSorted()).toEqual(["m1", "m2", "m3", "t1", "t2", "t3"]);
});

test("what a rate holds up when a pause begins is kept, and its share goes to others", async () => {
  const { paused, handle, send, holds, sent, rest, clock } = world(["a"], () => ({ limits: { ratePerSecond: 2 } }));
  for (let index = 0; index < 6; index += 1) await handle(`m${index}`, {}, { lane: "marketing" });
  await clock.settleTo(clock.now() + 1, rest);
  const before = sent.length;
  expect(before).toBeLessThan(6);
  paused.set([pauseOf("integration", "b"), pauseOf("lane", "marketing")]);
  await clock.settleTo(clock.now() + 5000, rest);
  // Those whose moment was given out are started, and go.
  expect(sent.length + holds.length).toBe(6);
  expect(holds.length).toBeGreaterThanOrEqual(2);
  const marketing = sent.length;
  await send(4);
  await clock.settleTo(clock.now() + 5000, rest);
  expect(sent.length).toBe(marketing + 4);
});

test("a message that is paused on its way to its moment leaves that to others", async () => {
  const { paused, handle, send, holds, sent, rest, clock } = world(["a"], () => ({ limits: { ratePerSecond: 2 } }));
  for (const id of ["m1", "m2", "m3", "m4"]) void handle(id, {}, { lane: "marketing" });
  // They have left the buffer, and stand in no line yet.
  await Promise.resolve();
  paused.set([pauseOf("lane", "marketing")]);
  await clock.settleTo(clock.now() + 3000, rest);
  expect([holds.length, sent]).toEqual([4, []]);
  await send(6);
  await clock.settleTo(clock.now() + 3000, rest);
  expect(sent).toHaveLength(6);
});

test("what is being rendered when a pause begins does not start, and a message that is new has no place", async () => {
  const { paused, handle, holds, started, rest, deliver } = world(["a"]);
  const made = (id: string) => ({ ...someDelivery(id, someOrigin({ channel: "webhook" })), content: { text: "x" } });
  const departure = deliver.take([made("m1")]);
  expect(departure.calls[0]).not.toBeNull();
  departure.giveUp();
  // It has left the buffer for a place, and is being rendered.
  void handle("m2");
  await Promise.resolve();
  paused.set([pauseOf("lane", "transactional")]);
  await rest();
  expect([started, holds.map(({ messageId }) => messageId)]).toEqual([[], ["m2"]]);
  const late = deliver.take([made("m3")]);
  expect(late.calls).toEqual([null]);
  late.begin(new Set());
  await rest();
  expect(started).toEqual([]);
});

test("a message that the store could not keep is not lost: it is let go of, and kept when it comes again", async () => {
  const { paused, handle, holds, rest, faults, refused, acknowledged, fault } = world(["a"], few, true);
  for (const id of ["m1", "t1"]) await handle(id, {}, { lane: "marketing" });
  await rest();
  faults.holds = true;
  paused.set([pauseOf("lane", "marketing")]);
  await handle("m2", {}, { lane: "marketing" });
  await rest();
  // The one that waited in memory goes back to the queue, the other one's handler is refused: both are still due.
  expect([holds, acknowledged, refused.length, fault]).toEqual([[], ["t1"], 1, ["reroute t1"]]);
  faults.holds = false;
  await handle("t1", {}, { lane: "marketing" });
  await rest();
  expect(holds.map(({ messageId }) => messageId)).toEqual(["t1"]);
});

test("what pauses have kept is let go page by page once one has ended, and nobody looks while none has", async () => {
  const { paused, releases, woken, rest, clock, deliver } = world(["a"]);
  await clock.settleTo(clock.now() + 60_000, rest);
  expect(releases).toEqual([]);
  paused.next = 0;
  paused.set([]);
  await rest();
  expect(releases).toHaveLength(3);
  expect(woken).toEqual(["delivery.email.marketing", "delivery.email.marketing"]);
  // Until it is known that all is let go there is a look now and then: another process may have died at it.
  await clock.settleTo(clock.now() + 1000, rest);
  expect(releases).toHaveLength(4);
  paused.next = clock.now() + 10_000;
  paused.set([]);
  await clock.settleTo(clock.now() + 9_999, rest);
  const before = releases.length;
  paused.next = undefined;
  await clock.settleTo(clock.now() + 1, rest);
  expect(releases).toHaveLength(before + 1);
  await deliver.stop();
  paused.next = 0;
  paused.set([]);
  await rest();
  expect(releases).toHaveLength(before + 1);
});
