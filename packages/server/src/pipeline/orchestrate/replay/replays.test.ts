import { afterEach, expect, test } from "vitest";
import { sealContext } from "../../../domain/event-payload.ts";
import type { Selection } from "../../../domain/replay-selection.ts";
import { times } from "../../../store/conformance/corner.conformance.ts";
import { accept, type Bench, bench, closeBenches, counts, people, shown } from "../orchestrate-bench.conformance.ts";

afterEach(closeBenches);

const hourMs = 3_600_000;

async function replay(b: Bench, over: Partial<Selection> = {}) {
  const { corner, keyring, clock } = b;
  const { environmentId } = corner;
  const selection: Selection = { names: ["order"], from: corner.at, to: corner.at + hourMs, perSecond: 20, ...over };
  const payload = JSON.stringify({ data: {}, recipients: [], selection });
  return corner.accepted({
    kind: "replay",
    name: "tidings.replay",
    lane: "marketing",
    receivedAt: clock.now(),
    dueAt: clock.now(),
    payload: keyring.sealForEnvironment(environmentId, sealContext.payload, payload),
    replayed: { document: "{}" },
  });
}

const made = (b: Bench) =>
  b.database.all(
    "select replayed.origin, replayed.id, event.state, event.lane, event.generation from replayed join event on event.id = replayed.id order by replayed.origin",
  );

async function sums(b: Bench, id: string): Promise<Record<string, number>> {
  const { store, environmentId } = b.corner;
  const found = await store.getReplay({ environmentId, id, sinceMinute: 1e12 });
  return Object.fromEntries((found?.counts ?? []).map(({ metric, value }) => [metric, value]));
}

/** Events that have gone to all of their workflows. */
async function past(b: Bench, count: number) {
  const queue = b.start();
  const events = [];
  for (let index = 0; index < count; index += 1) events.push(await accept(b, { inline: people(2), data: { index } }));
  await b.rest();
  await queue.stop();
  return events;
}

test("a replay lets each event go once more, to all of its workflows, whenever its process dies", async () => {
  for (const crashAfter of times(14, (index) => index + 1)) {
    const b = await bench({ replayLookedMax: 7 });
    const events = await past(b, 30);
    const own = await replay(b);
    b.start({ crashAfter });
    await b.rest(3000);
    const queue = b.start();
    await b.rest(10_000);
    expect(made(b).map(({ origin }) => origin)).toEqual(events.map(({ id }) => id));
    expect(new Set(made(b).map(({ generation, state }) => `${generation} ${state}`))).toEqual(new Set(["1 1"]));
    for (const { id } of made(b)) {
      const row = await shown(b, { ...own, id: String(id) });
      expect([crashAfter, counts(row.messages)]).toEqual([crashAfter, { confirm: 2, offer: 2 }]);
    }
    expect(await sums(b, own.id)).toEqual({ selected: 30, replayed: 30 });
    expect((await shown(b, own)).state).toBe("done");
    const runs = b.database.all("select count(distinct id) as ids, count(*) as n from message");
    expect(runs).toEqual([{ ids: 240, n: 240 }]);
    expect(b.faults).toEqual([]);
    await queue.stop();
  }
});

test("no more events go in a second than were asked for, and others go at once meanwhile", async () => {
  const b = await bench();
  await past(b, 40);
  await replay(b, { perSecond: 10 });
  const queue = b.start();
  await b.rest(500);
  expect(made(b)).toHaveLength(10);
  const other = await accept(b, { recipients: ["u0"] });
  await b.rest(400);
  expect((await shown(b, other)).state).toBe("done");
  expect(made(b)).toHaveLength(10);
  await b.rest(1000);
  expect(made(b)).toHaveLength(20);
  await b.rest(2500);
  // The other one came in within the time that is replayed.
  expect(made(b)).toHaveLength(41);
  await queue.stop();
});

test("what has expired, is canceled or under way, or awaited by nobody is skipped and counted", async () => {
  const b = await bench();
  const { store, environmentId, at } = b.corner;
  await past(b, 2);
  await accept(b, { recipients: ["u0"], expiresAt: at + 5000, lane: "critical" });
  await accept(b, { recipients: ["u0"], cancellationHash: "stop" });
  await store.cancelEvents({ environmentId, cancellationHash: "stop", now: at });
  await accept(b, { name: "unheard", recipients: ["u0"] });
  const first = b.start();
  await b.rest();
  await first.stop();
  const waiting = await accept(b, { recipients: ["u0"] });
  b.database.run("update event set due_at = due_at + ? where id = ?", hourMs, waiting.id);
  await b.rest(10_000);
  const own = await replay(b, { names: ["order", "unheard"] });
  const queue = b.start();
  await b.rest();
  expect(await sums(b, own.id)).toEqual({
    selected: 6,
    replayed: 2,
    "skipped:canceled": 1,
    "skipped:under_way": 1,
    "skipped:expired": 1,
    "skipped:no_workflow": 1,
  });
  await queue.stop();
});

test("events by their ids go to the workflows and the recipient that are named, and to nobody else", async () => {
  const b = await bench();
  const [a, , c] = await past(b, 3);
  if (a === undefined || c === undefined) throw new RangeError("few");
  const ids = [a.id, c.id, b.corner.id()];
  const own = await replay(b, { names: undefined, ids, workflows: ["offer"], recipient: "u1" });
  const queue = b.start();
  await b.rest();
  expect(made(b).map(({ origin }) => origin)).toEqual([a.id, c.id]);
  for (const { id } of made(b)) {
    const { messages, lane } = await shown(b, { ...own, id: String(id) });
    expect([lane, ...messages.map(({ workflow, recipient }) => `${workflow} ${recipient}`)]).toEqual([
      "marketing",
      "offer u1",
    ]);
  }
  expect(await sums(b, own.id)).toEqual({ selected: 3, replayed: 2, "skipped:not_found": 1 });
  await queue.stop();
});

test("canceled, it makes nothing more", async () => {
  const b = await bench();
  const { store, environmentId } = b.corner;
  await past(b, 40);
  const own = await replay(b, { perSecond: 5 });
  const queue = b.start();
  await b.rest(1100);
  const before = made(b).length;
  await store.cancelReplay({ environmentId, id: own.id, after: "", limit: 100, now: b.clock.now() });
  await b.rest(5000);
  expect(before).toBeGreaterThan(0);
  expect(made(b)).toHaveLength(before);
  expect((await shown(b, own)).state).toBe("canceled");
  await queue.stop();
});
