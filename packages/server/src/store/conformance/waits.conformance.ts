import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { NewRun, TurnResult } from "../../ports/store/orchestrate.ts";
import type { Arrival } from "../../ports/store/waits.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const lane = "transactional";
/** Pairs of a run and its event. */
const raced = 100;

/** An event that arrives under a key, and all that its turn comes to. */
async function arrives(corner: Corner, keyHash: string, over: Partial<Arrival> = {}, event?: NewEvent) {
  const { id: eventId } = event ?? (await corner.accepted());
  const { environmentId, at } = corner;
  const arrival = { environmentId, keyHash, eventId, at: at + 10, expiresAt: at + 999, wakesMax: 100, ...over };
  const turn = corner.turn(corner.event({ id: eventId }), { arrivals: [arrival], now: at + 20 });
  const [result] = await corner.store.commitEvents({ turns: [turn] });
  return { eventId, written: written(result) };
}

function written(result: TurnResult | undefined) {
  if (result?.status !== "committed") throw new Error("the turn was lost");
  const { woken = [], found = [], isWakeLeft = false } = result;
  return { woken: woken.map(({ id }) => id), found, isWakeLeft };
}

const waitFor = (corner: Corner, keyHash: string, over: Partial<NewRun> = {}) =>
  corner.waiting({ awaited: { keyHash, since: corner.at }, dueAt: corner.at + 100, ...over });

const load = async (corner: Corner, id: string) => (await corner.store.loadRuns({ ids: [id], lane }))[0];

/** A run that comes to wait in a turn of its own. */
async function comesToWait(corner: Corner, run: NewRun, keyHash: string) {
  const awaited = { keyHash, since: corner.at };
  const progress = { kind: "wait", step: 5, dueAt: corner.at + 100, journal: null, awaited } as const;
  const [result] = await corner.store.commitRuns({ turns: [corner.runTurn(run, { progress, now: corner.at + 20 })] });
  return written(result);
}

export function waitsConformance(open: OpenCorner): void {
  describe("a run that waits for an event", () => {
    test("is due when one arrives, which is loaded with it, and for no other", async () => {
      const corner = await open();
      const run = await waitFor(corner, "k");
      const elsewhere = { environmentId: corner.otherEnvironmentId };
      const { id: eventElsewhere } = await corner.accepted(elsewhere);
      const others = [
        await waitFor(corner, "other"),
        await waitFor(corner, "k", { awaited: { keyHash: "k", since: corner.at + 11 } }),
        await waitFor(corner, "k", { dueAt: corner.at + 9 }),
        await waitFor(corner, "k", { ...elsewhere, eventId: eventElsewhere }),
      ];
      expect((await load(corner, run.id))?.wait).toEqual({ rowEventId: null, eventId: null, event: null });
      const { eventId, written } = await arrives(corner, "k");
      expect(written).toEqual({ woken: [run.id], found: [], isWakeLeft: false });
      const record = await load(corner, run.id);
      expect(record).toMatchObject({ dueAt: corner.at + 20, wait: { rowEventId: eventId, eventId } });
      expect(record?.wait?.event).toMatchObject({ id: eventId, tenant: "", payload: "payload" });
      for (const other of others) expect(await load(corner, other.id)).toMatchObject({ dueAt: other.dueAt });
      expect(await corner.store.dueRuns({ lane, now: corner.at + 20, limit: 100 })).toContain(run.id);
    });

    test("is not ended by its own event, and by the first of two others", async () => {
      const corner = await open();
      const own = await corner.accepted();
      const run = corner.run({ eventId: own.id, awaited: { keyHash: "k", since: corner.at }, dueAt: corner.at + 100 });
      const { environmentId, at } = corner;
      const arrival = { environmentId, keyHash: "k", eventId: own.id, at: at + 1, expiresAt: at + 999, wakesMax: 9 };
      const turn = corner.turn(own, { runs: [run], arrivals: [arrival] });
      const [result] = await corner.store.commitEvents({ turns: [turn] });
      expect(written(result)).toEqual({ woken: [], found: [], isWakeLeft: false });
      const first = await arrives(corner, "k");
      const second = await arrives(corner, "k", { at: at + 30 });
      expect([first.written.woken, second.written.woken]).toEqual([[run.id], []]);
      expect((await load(corner, run.id))?.wait?.eventId).toBe(first.eventId);
    });

    test("finds what arrived before it came to wait, where that counts: the first of its key", async () => {
      const corner = await open();
      await arrives(corner, "k", { at: corner.at - 1 });
      await arrives(corner, "k", { at: corner.at + 10 });
      const { eventId } = await arrives(corner, "k", { at: corner.at + 7 });
      await arrives(corner, "k", { at: corner.at + 101 });
      await arrives(corner, "old", { at: corner.at - 1 });
      await arrives(corner, "late", { at: corner.at + 101 });
      for (const key of ["old", "late", "never"])
        expect((await comesToWait(corner, await corner.waiting(), key)).found).toEqual([]);
      const run = await corner.waiting();
      expect((await comesToWait(corner, run, "k")).found).toEqual([run.id]);
      const fresh = await corner.accepted();
      const made = corner.run({
        eventId: fresh.id,
        awaited: { keyHash: "k", since: corner.at },
        dueAt: corner.at + 100,
      });
      const [result] = await corner.store.commitEvents({ turns: [corner.turn(fresh, { runs: [made] })] });
      expect(written(result).found).toEqual([made.id]);
      for (const { id } of [run, made])
        expect(await load(corner, id)).toMatchObject({ wait: { rowEventId: eventId, eventId } });
      expect(await load(corner, run.id)).toMatchObject({ step: 5, dueAt: corner.at + 20 });
      expect(await load(corner, made.id)).toMatchObject({ dueAt: corner.at });
    });

    test("is woken, and finds what has arrived, in the transaction that accepts an event with its only turn", async () => {
      const corner = await open();
      const run = await waitFor(corner, "k");
      const event = corner.event();
      const { environmentId, at } = corner;
      const arrival = { environmentId, keyHash: "k", eventId: event.id, at: at + 10, expiresAt: at + 99, wakesMax: 9 };
      const nothing = { now: at + 20, reads: [], dedupe: [], throttles: [], joins: [], messages: [], decisions: [] };
      const next = corner.event();
      const own = corner.run({ eventId: next.id, awaited: { keyHash: "k", since: at }, dueAt: at + 100 });
      const results = await corner.store.acceptEvents({
        events: [
          { ...event, turn: { ...nothing, runs: [], arrivals: [arrival] } },
          { ...next, turn: { ...nothing, runs: [own] } },
        ],
      });
      expect(results).toMatchObject([{ turn: { woken: [{ id: run.id, lane }] } }, { turn: { found: [own.id] } }]);
      for (const { id } of [run, own]) expect((await load(corner, id))?.wait?.rowEventId).toBe(event.id);
    });

    test("takes no turn that was planned before something arrived, and one that was planned after", async () => {
      const corner = await open();
      const run = await waitFor(corner, "k");
      const [early, late] = times(2, () => corner.decision({ eventId: run.eventId, runId: run.id }));
      const turn = (arrivedEventId: string | null, decisions = [early, late].flatMap((one) => one ?? [])) =>
        corner.runTurn(run, { arrivedEventId, decisions });
      const { eventId } = await arrives(corner, "k");
      expect(await corner.store.commitRuns({ turns: [turn(null)] })).toEqual([{ status: "lost" }]);
      expect(await corner.store.commitRuns({ turns: [turn(eventId)] })).toMatchObject([{ status: "committed" }]);
      expect(await load(corner, run.id)).toBeUndefined();
    });

    test("waits no more once it has moved on, ended or was canceled", async () => {
      const corner = await open();
      const [moved, ended] = [await waitFor(corner, "k"), await waitFor(corner, "k")];
      const progress = { kind: "wait", step: 9, dueAt: corner.at + 100, journal: null } as const;
      const turns = [
        corner.runTurn(moved, { progress, arrivedEventId: null }),
        corner.runTurn(ended, { arrivedEventId: null }),
      ];
      await corner.store.commitRuns({ turns });
      const event = await corner.accepted({ cancellationHash: "c" });
      const run = corner.run({
        eventId: event.id,
        awaited: { keyHash: "k", since: corner.at },
        dueAt: corner.at + 100,
      });
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs: [run] })] });
      const { environmentId, at: now } = corner;
      await corner.store.cancelEvents({ environmentId, cancellationHash: "c", now });
      expect((await arrives(corner, "k")).written.woken).toEqual([]);
      expect(await load(corner, moved.id)).toMatchObject({ step: 9, dueAt: corner.at + 100, wait: null });
    });

    test("is woken later where more wait than one transaction wakes, and knows before that what has arrived", async () => {
      const corner = await open();
      const runs: string[] = [];
      while (runs.length < 7) runs.push((await waitFor(corner, "k")).id);
      const { eventId, written } = await arrives(corner, "k", { wakesMax: 2 });
      expect(written).toEqual({ woken: runs.slice(0, 2), found: [], isWakeLeft: true });
      expect((await load(corner, runs[6] ?? ""))?.wait).toMatchObject({ rowEventId: null, eventId });
      const woken: string[] = [];
      let isLeft = true;
      for (let calls = 0; isLeft && calls < 10; calls += 1) {
        const result = await corner.store.wakeRuns({ now: corner.at + 30, limit: 3 });
        expect(result.woken.length).toBeLessThanOrEqual(3);
        woken.push(...result.woken.map(({ id }) => id));
        isLeft = result.isLeft;
      }
      expect(woken).toEqual(runs.slice(2));
      for (const id of runs) expect((await load(corner, id))?.wait).toMatchObject({ rowEventId: eventId });
    });

    test("and the event for which it waits see each other, whichever commits first", async () => {
      const corner = await open();
      const pairs = await Promise.all(
        times(raced, async (n) => ({ key: `race ${n}`, run: await corner.waiting(), event: await corner.accepted() })),
      );
      // Few at a time, so that both sides of a pair are under way together.
      for (let from = 0; from < raced; from += 4)
        await Promise.all(
          pairs.slice(from, from + 4).map(async ({ key, run, event }) => {
            const [came, arrived] = await Promise.all([comesToWait(corner, run, key), arrives(corner, key, {}, event)]);
            expect([...came.found, ...arrived.written.woken]).toEqual([run.id]);
          }),
        );
      for (const { run, event } of pairs) expect((await load(corner, run.id))?.wait?.rowEventId).toBe(event.id);
    });

    test("and events of several keys at once wait for each other in no circle", async () => {
      const corner = await open();
      const runs = await Promise.all(times(60, () => corner.waiting()));
      const events = await Promise.all(times(60, () => corner.accepted()));
      const keyOf = (index: number) => `many ${index % 30}`;
      const { environmentId, at } = corner;
      // Two of each key on both sides, in calls of several keys in unlike orders.
      const coming = times(12, (call) =>
        corner.store.commitRuns({
          turns: times(5, (n) => call + n * 12).flatMap((index) => {
            const run = runs[index];
            const awaited = { keyHash: keyOf(index), since: at };
            const progress = { kind: "wait", step: 5, dueAt: at + 100, journal: null, awaited } as const;
            return run === undefined ? [] : corner.runTurn(run, { progress, now: at + 20 });
          }),
        }),
      );
      const arriving = times(12, (call) =>
        corner.store.commitEvents({
          turns: times(5, (n) => 59 - (call + n * 12)).flatMap((index) => {
            const event = events[index];
            if (event === undefined) return [];
            const own = { environmentId, keyHash: keyOf(index), eventId: event.id, at: at + 10, expiresAt: at + 999 };
            return corner.turn(event, { arrivals: [{ ...own, wakesMax: 100 }], now: at + 20 });
          }),
        }),
      );
      const [found, woken] = await Promise.all([Promise.all(coming), Promise.all(arriving)]);
      const told = [
        ...found.flat().flatMap((result) => written(result).found),
        ...woken.flat().flatMap((result) => written(result).woken),
      ];
      expect(told.toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
    });

    test("leaves what has arrived for as long as that is kept", async () => {
      const corner = await open();
      await arrives(corner, "k", { expiresAt: corner.at + 30 });
      await corner.store.purgeExpiredKeys({ now: corner.at + 29, limit: 10_000 });
      expect((await comesToWait(corner, await corner.waiting(), "k")).found).toHaveLength(1);
      await corner.store.purgeExpiredKeys({ now: corner.at + 30, limit: 10_000 });
      expect((await comesToWait(corner, await corner.waiting(), "k")).found).toEqual([]);
    });
  });

  describe("earlier versions of workflows that wait for an event", () => {
    test("are told with when they were replaced, and others are not", async () => {
      const { store, environmentId, at } = await open();
      const waits = JSON.stringify({ steps: [{ type: "wait_for", event: "e" }] });
      const write = (key: string, document: string, now: number) =>
        store.writeDocuments({
          environmentId,
          writes: [{ kind: "workflow", key, document, secrets: null, secretNames: [], origin: "" }],
          deletes: [],
          expected: [],
          now,
        });
      await write("a", waits, at);
      await write("b", waits, at);
      await write("c", "{}", at);
      for (const key of ["a", "c"]) await write(key, JSON.stringify({ steps: [] }), at + 5);
      const own = { writes: [], deletes: [{ kind: "workflow", key: "b" } as const], expected: [] };
      await store.writeDocuments({ environmentId, ...own, now: at + 7 });
      const superseded = await store.supersededWaits({ limit: 1000 });
      expect(superseded.filter((version) => version.environmentId === environmentId)).toEqual([
        { environmentId, key: "b", version: 1, document: waits, supersededAt: at + 7 },
        { environmentId, key: "a", version: 1, document: waits, supersededAt: at + 5 },
      ]);
    });
  });
}
