import { describe, expect, test } from "vitest";
import { deriveId } from "../../lib/ids.ts";
import type { DigestJoin, NewRun, RunRecord } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

const lane = "transactional";

/** What a run would join with; a test names what it is about. */
export function joinOf(corner: Corner, eventId: string, over: Partial<DigestJoin> = {}): DigestJoin {
  const { environmentId, at } = corner;
  const runId = over.runId ?? corner.id();
  const now = over.now ?? at;
  return {
    environmentId,
    keyHash: `k${at}`,
    runId,
    eventId,
    at,
    expiresAt: null,
    content: `of ${eventId}`,
    bytes: 10,
    now,
    closesAt: now + 1000,
    slides: null,
    eventsMax: 1000,
    bytesMax: 100_000,
    gatherer: corner.run({ id: deriveId(now, "digest", runId), eventId, dueAt: 0, step: 2, gathers: true }),
    decision: corner.decision({ eventId, runId, outcome: "gathered", reason: "digest" }),
    ...over,
  };
}

export function digestsConformance(open: OpenCorner): void {
  const due = (corner: Corner, now = corner.at) => corner.store.dueRuns({ lane, now, limit: 1000 });
  const load = (corner: Corner, ids: readonly string[]) => corner.store.loadRuns({ ids, lane });
  /** Commits an event that joins, and gives its id. */
  const join = async (corner: Corner, over: Partial<DigestJoin> = {}): Promise<string> => {
    const event = await corner.accepted();
    await corner.store.commitEvents({ turns: [corner.turn(event, { joins: [joinOf(corner, event.id, over)] })] });
    return event.id;
  };
  const windows = async (corner: Corner) => load(corner, await due(corner, corner.at + 86_400_000));
  const gathered = (records: readonly RunRecord[]) =>
    records.map(({ window }) => window?.entries.map(({ eventId }) => eventId)).sort();
  const runOf = ({ event, watch: _, ...record }: RunRecord): NewRun => ({
    ...record,
    eventId: event.id,
    effectKey: null,
  });
  const close = (corner: Corner, record: RunRecord, version = record.window?.version ?? 0) =>
    corner.runTurn(runOf(record), {
      progress: { kind: "wait", step: 3, dueAt: record.dueAt, journal: "events" },
      window: { kind: "close", version, eventId: record.event.id },
    });

  describe("a digest's window", () => {
    test("is opened by the first event, joined by the next, and due with its run when it closes", async () => {
      const corner = await open();
      const first = await join(corner);
      const second = await join(corner, { now: corner.at + 999, at: corner.at + 5 });
      expect(await due(corner, corner.at + 999)).toEqual([]);
      const ids = await due(corner, corner.at + 1000);
      const [record, ...others] = await load(corner, ids);
      expect(others).toEqual([]);
      expect(record).toMatchObject({ dueAt: corner.at + 1000, step: 2, gathers: true, event: { id: first } });
      expect(record?.window?.entries).toMatchObject([
        { eventId: first, at: corner.at, content: `of ${first}`, expiresAt: null },
        { eventId: second, at: corner.at + 5, content: `of ${second}` },
      ]);
      const { environmentId } = corner;
      const event = await corner.store.getEvent({ environmentId, id: second, limit: 10 });
      expect(event?.decisions).toMatchObject([{ outcome: "gathered", reason: "digest", detail: ids[0] }]);
    });

    test("has its events by when they were received, then by their ids", async () => {
      const corner = await open();
      const events = await Promise.all(times(4, () => corner.accepted()));
      const at = [9, 5, 5, 1];
      const joins = events.map(({ id }, index) => joinOf(corner, id, { at: corner.at + (at[index] ?? 0) }));
      const turns = events.map((event, index) => corner.turn(event, { joins: joins.slice(index, index + 1) }));
      await corner.store.commitEvents({ turns: turns.toReversed() });
      const [a, b, c, d] = events.map(({ id }) => id);
      expect(gathered(await windows(corner))).toEqual([[d, ...[b, c].sort(), a]]);
    });

    test("is of one key: others have windows of their own", async () => {
      const corner = await open();
      const one = await join(corner);
      const other = await join(corner, { keyHash: `other${corner.at}` });
      expect(gathered(await windows(corner))).toEqual([[one], [other]].sort());
    });

    test("takes nothing more once its time has come: the next event opens another", async () => {
      const corner = await open();
      const early = await join(corner);
      const late = await join(corner, { now: corner.at + 1000 });
      expect(gathered(await windows(corner))).toEqual([[early], [late]].sort());
    });

    test("closes early with as many events, or bytes, as it may have, and loses none", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const full = times(7, () => joinOf(corner, event.id, { eventsMax: 3 }));
      const large = times(5, () => joinOf(corner, event.id, { keyHash: `b${corner.at}`, bytes: 40, bytesMax: 100 }));
      await corner.store.commitEvents({ turns: [corner.turn(event, { joins: [...full, ...large] })] });
      expect((await load(corner, await due(corner))).map(({ window }) => window?.entries.length).sort()).toEqual([
        2, 2, 3, 3,
      ]);
      expect((await windows(corner)).map(({ window }) => window?.entries.length).sort()).toEqual([1, 1, 2, 2, 3, 3]);
    });

    test("takes an event alone that is larger than it may be", async () => {
      const corner = await open();
      const [large, next] = [await join(corner, { bytes: 500, bytesMax: 100 }), await join(corner, { bytesMax: 100 })];
      expect(gathered(await windows(corner))).toEqual([[large], [next]].sort());
    });

    test("that slides stays open with each event, up to its longest time", async () => {
      const corner = await open();
      const slides = { byMs: 1000, maxMs: 1500 };
      await join(corner, { slides });
      await join(corner, { slides, now: corner.at + 400 });
      expect(await due(corner, corner.at + 1399)).toEqual([]);
      await join(corner, { slides, now: corner.at + 900 });
      expect(await due(corner, corner.at + 1499)).toEqual([]);
      expect(await due(corner, corner.at + 1500)).toHaveLength(1);
      expect((await windows(corner))[0]?.window?.entries).toHaveLength(3);
    });

    test("is joined once by a run, however often its turn runs", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const mine = joinOf(corner, event.id);
      const turn = corner.turn(event, { joins: [mine] });
      const results = await Promise.all(times(3, () => corner.store.commitEvents({ turns: [turn] })));
      expect(results.flat().filter(({ status }) => status === "committed")).toHaveLength(1);
      expect(gathered(await windows(corner))).toEqual([[event.id]]);
    });

    test("is joined in one commit with an event that brings its only turn", async () => {
      const corner = await open();
      const event = corner.event();
      const joins = [joinOf(corner, event.id)];
      const turn = {
        now: corner.at,
        reads: [],
        dedupe: [],
        throttles: [],
        joins,
        runs: [],
        messages: [],
        decisions: [],
      };
      await corner.store.acceptEvents({ events: [{ ...event, turn }] });
      expect(gathered(await windows(corner))).toEqual([[event.id]]);
    });

    test("is joined by a run that has waited, which ends there", async () => {
      const corner = await open();
      const run = await corner.waiting();
      const turn = corner.runTurn(run, { joins: [joinOf(corner, run.eventId, { runId: run.id })] });
      const results = await Promise.all(times(2, () => corner.store.commitRuns({ turns: [turn] })));
      expect(results.flat().filter(({ status }) => status === "committed")).toHaveLength(1);
      expect(await load(corner, [run.id])).toEqual([]);
      expect(gathered(await windows(corner))).toEqual([[run.eventId]]);
    });

    test("is not joined by a run whose claim is lost", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const claim = (runId: string) => ({
        environmentId: corner.environmentId,
        hash: `d${corner.at}`,
        runId,
        now: corner.at,
        expiresAt: corner.at + 1000,
        decision: corner.decision({ eventId: event.id, runId }),
      });
      const [mine, other] = [joinOf(corner, event.id), joinOf(corner, event.id)];
      const dedupe = [claim(mine.runId), claim(other.runId)];
      await corner.store.commitEvents({ turns: [corner.turn(event, { dedupe, joins: [mine, other] })] });
      expect((await windows(corner)).flatMap(({ window }) => window?.entries ?? [])).toMatchObject([
        { runId: mine.runId },
      ]);
    });

    test("goes with its entries when its run closes it, and its run goes on", async () => {
      const corner = await open();
      await join(corner);
      const [record] = await windows(corner);
      if (record === undefined) throw new RangeError("there is no window");
      expect(await corner.store.commitRuns({ turns: [close(corner, record)] })).toMatchObject([
        { status: "committed" },
      ]);
      expect(await load(corner, [record.id])).toMatchObject([
        { step: 3, journal: "events", window: null, gathers: true },
      ]);
      const next = await join(corner);
      const others = (await windows(corner)).filter(({ id }) => id !== record.id);
      expect(gathered(others)).toEqual([[next]]);
    });

    test("is not closed by a turn that has not read what joined since", async () => {
      const corner = await open();
      const first = await join(corner);
      const [record] = await windows(corner);
      if (record === undefined) throw new RangeError("there is no window");
      const second = await join(corner);
      expect(await corner.store.commitRuns({ turns: [close(corner, record)] })).toEqual([{ status: "lost" }]);
      expect(gathered(await load(corner, [record.id]))).toEqual([[first, second].sort()]);
      expect(await load(corner, [record.id])).toMatchObject([{ step: 2, journal: null }]);
    });

    test("takes nothing more once its run has died, and is closed by the replay", async () => {
      const corner = await open();
      const first = await join(corner);
      const [record] = await windows(corner);
      if (record === undefined) throw new RangeError("there is no window");
      const progress = { kind: "dead" as const, reason: "r", detail: "d" };
      await corner.store.commitRuns({
        turns: [corner.runTurn(runOf(record), { progress, window: { kind: "seal" } })],
      });
      const second = await join(corner);
      expect(gathered(await windows(corner))).toEqual([[second]]);
      await corner.store.replayDeadLetters(replayOf(corner, [record.id], { now: corner.at + 5 }));
      expect(gathered(await load(corner, [record.id]))).toEqual([[first]]);
    });

    test("is left by an event that is canceled, even the one that opened it; its run and its messages are not", async () => {
      const corner = await open();
      const cancellationHash = `c${corner.at}`;
      const event = await corner.accepted({ cancellationHash });
      const mine = joinOf(corner, event.id);
      await corner.store.commitEvents({ turns: [corner.turn(event, { joins: [mine] })] });
      const other = await join(corner);
      const [before] = await windows(corner);
      if (before === undefined) throw new RangeError("there is no window");
      const message = corner.message({ eventId: event.id, runId: before.id });
      const { environmentId, at: now } = corner;
      await corner.store.commitRuns({
        turns: [
          corner.runTurn(runOf(before), {
            progress: { kind: "wait", step: before.step, dueAt: before.dueAt, journal: null },
            messages: [message],
          }),
        ],
      });
      expect(await corner.store.cancelEvents({ environmentId, cancellationHash, now })).toEqual({
        events: 0,
        runs: 1,
        messages: 0,
      });
      expect(await corner.store.commitRuns({ turns: [close(corner, before)] })).toEqual([{ status: "lost" }]);
      expect(gathered(await windows(corner))).toEqual([[other]]);
      expect(await corner.row(message)).toMatchObject({ state: "queued" });
    });

    test("has each of many events once, joined and closed at once by many calls", async () => {
      const corner = await open();
      const keys = times(5, (index) => `m${index}_${corner.at}`);
      const events = await Promise.all(times(120, () => corner.accepted()));
      const seen: string[] = [];
      const closing = async () => {
        for (const record of await load(corner, await due(corner))) {
          const [result] = await corner.store.commitRuns({ turns: [close(corner, record)] });
          if (result?.status !== "committed") continue;
          for (const entry of record.window?.entries ?? []) seen.push(`${entry.content} ${entry.eventId}`);
        }
      };
      const joining = times(12, async (batch) => {
        const turns = events.slice(batch * 10, batch * 10 + 10).map((event, index) =>
          corner.turn(event, {
            joins: (index % 2 === 0 ? keys : keys.toReversed()).map((keyHash) =>
              joinOf(corner, event.id, { keyHash, content: keyHash, eventsMax: 7 }),
            ),
          }),
        );
        await corner.store.commitEvents({ turns });
        await closing();
      });
      await Promise.all(joining);
      for (const record of await windows(corner)) {
        if (record.window === null) continue;
        const { entries } = record.window;
        expect(new Set(entries.map(({ content }) => content)).size).toBe(1);
        for (const entry of entries) seen.push(`${entry.content} ${entry.eventId}`);
      }
      expect(seen.sort()).toEqual(keys.flatMap((key) => events.map(({ id }) => `${key} ${id}`)).sort());
    });
  });
}
