import { describe, expect, test } from "vitest";
import type { RunProgress } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

export function runsConformance(open: OpenCorner): void {
  const load = (corner: Corner, id: string) => corner.store.loadRuns({ ids: [id], lane: "transactional" });
  const due = (corner: Corner, now = corner.at) => corner.store.dueRuns({ lane: "transactional", now, limit: 100 });

  describe("a run that waits", () => {
    test("is loaded with its event, its journal and the states of its messages by step", async () => {
      const corner = await open();
      const run = await corner.waiting({ journal: "sealed", expiresAt: corner.at + 9 }, [
        { step: "a" },
        { step: "b", state: "failed", dueAt: null },
      ]);
      await corner.queued({ runId: corner.id() });
      const [record] = await load(corner, run.id);
      const { eventId, effectKey, ...own } = run;
      expect(record).toMatchObject({
        ...own,
        effect: effectKey,
        event: { id: eventId, payload: "payload" },
        recipientRecord: null,
      });
      expect(new Set(record?.messages.map(({ step, state }) => `${step} ${state}`))).toEqual(
        new Set(["a queued", "b failed"]),
      );
    });

    test("moves on by compare-and-set on its step: of two turns one is committed, the other leaves nothing", async () => {
      const corner = await open();
      const run = await corner.waiting();
      const progress: RunProgress = { kind: "wait", step: 4, dueAt: corner.at + 1000, journal: "sealed" };
      const turns = times(2, () =>
        corner.runTurn(run, {
          progress,
          messages: [corner.message({ eventId: run.eventId, runId: run.id })],
          decisions: [corner.decision({ eventId: run.eventId })],
        }),
      );
      const results = await Promise.all(turns.map((turn) => corner.store.commitRuns({ turns: [turn] })));
      expect(
        results
          .flat()
          .map(({ status }) => status)
          .sort(),
      ).toEqual(["committed", "lost"]);
      const event = await corner.store.getEvent({ environmentId: corner.environmentId, id: run.eventId, limit: 10 });
      expect(event).toMatchObject({ messages: [{ state: "queued" }], decisions: [{ reason: "no_address" }] });
      expect(event?.messages).toHaveLength(1);
      expect(await load(corner, run.id)).toMatchObject([{ step: 4, journal: "sealed" }]);
      expect(await due(corner, corner.at + 999)).toEqual([]);
      expect(await due(corner, corner.at + 1000)).toEqual([run.id]);
    });

    test.each<[RunProgress, string]>([
      [{ kind: "completed" }, "completed"],
      [{ kind: "expired" }, "completed"],
      [{ kind: "dead", reason: "r", detail: "d" }, "dead"],
    ])("ends with %o and takes no further turn", async (progress, state) => {
      const corner = await open();
      const run = await corner.waiting();
      expect(await corner.store.commitRuns({ turns: [corner.runTurn(run, { progress })] })).toEqual([
        { status: "committed", dropped: [], held: [] },
      ]);
      expect(await corner.store.commitRuns({ turns: [corner.runTurn(run)] })).toEqual([{ status: "lost" }]);
      expect(await load(corner, run.id)).toEqual([]);
      expect(await due(corner)).toEqual([]);
      const event = await corner.store.getEvent({ environmentId: corner.environmentId, id: run.eventId, limit: 10 });
      expect(event?.runs).toMatchObject([{ id: run.id, state, dueAt: null }]);
    });

    test("that died is a dead letter, and its replay goes on at its step", async () => {
      const corner = await open();
      const run = await corner.waiting({ step: 7, journal: "sealed" });
      await corner.store.commitRuns({
        turns: [corner.runTurn(run, { progress: { kind: "dead", reason: "r", detail: "d" } })],
      });
      expect(await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: run.id })).toMatchObject({
        kind: "run",
        reason: "r",
        detail: "d",
      });
      expect(await corner.store.replayDeadLetters(replayOf(corner, [run.id], { now: corner.at + 5 }))).toEqual({
        replayed: 1,
        expired: 0,
      });
      expect(await due(corner, corner.at + 5)).toEqual([run.id]);
      expect(await load(corner, run.id)).toMatchObject([{ step: 7, journal: "sealed", dueAt: corner.at + 5 }]);
    });

    test("is made once, however often its turn runs", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const run = corner.run({ eventId: event.id });
      const turn = corner.turn(event, { runs: [run], progress: { kind: "continue", cursor: 1 } });
      await corner.store.commitEvents({ turns: [turn] });
      await corner.store.commitRuns({ turns: [corner.runTurn(run)] });
      await corner.store.commitEvents({ turns: [corner.turn(event, { cursor: 1, runs: [run] })] });
      expect(await load(corner, run.id)).toEqual([]);
    });
  });
}
