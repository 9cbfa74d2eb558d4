import { describe, expect, test } from "vitest";
import type { NewRun, RunProgress } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

const lane = "transactional";

export function effectsConformance(open: OpenCorner): void {
  const load = (corner: Corner, id: string) => corner.store.loadRuns({ ids: [id], lane });
  const due = async (corner: Corner, now = corner.at, perKeyMax = 100, limit = 100) =>
    (await corner.store.dueEffects({ lane, now, limit, perKeyMax })).map(({ runId }) => runId);
  const asking = (corner: Corner, over: Partial<NewRun> = {}) => corner.waiting({ effectKey: "a.example t", ...over });
  const again = (run: NewRun, over: Partial<Extract<RunProgress, { kind: "effect" }>> = {}): RunProgress => ({
    kind: "effect",
    step: run.step,
    baseAt: run.dueAt,
    dueAt: run.dueAt + 1000,
    key: "a.example t",
    attempts: 1,
    journal: null,
    ...over,
  });

  describe("a run that waits for an effect", () => {
    test("is due as such, and not as one that waits for a time", async () => {
      const corner = await open();
      const run = await asking(corner);
      expect(await corner.store.dueEffects({ lane, now: corner.at, limit: 10, perKeyMax: 10 })).toEqual([
        { runId: run.id, key: "a.example t" },
      ]);
      expect(await due(corner, corner.at - 1)).toEqual([]);
      expect(await corner.store.dueEffects({ lane: "marketing", now: corner.at, limit: 10, perKeyMax: 10 })).toEqual(
        [],
      );
      expect(await corner.store.dueRuns({ lane, now: corner.at + 9_999, limit: 10 })).toEqual([]);
      expect(await load(corner, run.id)).toMatchObject([
        { dueAt: corner.at, step: run.step, effect: { attempts: 0, dueAt: corner.at } },
      ]);
    });

    test("comes to one out of a turn, is put off, and goes on with its result, all by compare-and-set on its step", async () => {
      const corner = await open();
      const run = await corner.waiting();
      const commit = (progress: RunProgress, from: Partial<NewRun>) =>
        corner.store.commitRuns({ turns: [corner.runTurn({ ...run, ...from }, { progress })] });
      await commit(again(run, { step: 5, dueAt: corner.at, attempts: 0, journal: "j" }), {});
      expect(await corner.store.dueRuns({ lane, now: corner.at + 9_999, limit: 10 })).toEqual([]);
      const asked = { step: 5, effectKey: "a.example t" };
      expect(await commit(again(run, { step: 5, journal: "j" }), asked)).toMatchObject([{ status: "committed" }]);
      expect(await due(corner, corner.at + 999)).toEqual([]);
      expect(await due(corner, corner.at + 1000)).toEqual([run.id]);
      expect(await load(corner, run.id)).toMatchObject([
        { step: 5, dueAt: corner.at, journal: "j", effect: { attempts: 1, dueAt: corner.at + 1000 } },
      ]);
      const result: RunProgress = { kind: "wait", step: 6, dueAt: corner.at, journal: "result" };
      expect(await commit(result, asked)).toMatchObject([{ status: "committed" }]);
      expect(await commit({ ...result, journal: "another" }, asked)).toEqual([{ status: "lost" }]);
      expect(await due(corner, corner.at + 9_999)).toEqual([]);
      expect(await corner.store.dueRuns({ lane, now: corner.at, limit: 10 })).toEqual([run.id]);
      expect(await load(corner, run.id)).toMatchObject([{ step: 6, journal: "result", effect: null }]);
    });

    test.each<RunProgress>([{ kind: "completed" }, { kind: "expired" }, { kind: "dead", reason: "r", detail: "d" }])(
      "that ends with %o is due no more",
      async (progress) => {
        const corner = await open();
        const run = await asking(corner);
        await corner.store.commitRuns({ turns: [corner.runTurn(run, { progress })] });
        expect(await due(corner, corner.at + 9_999)).toEqual([]);
        expect(await load(corner, run.id)).toEqual([]);
      },
    );

    test("that died is replayed as one that waits, so that its next turn comes to the effect anew", async () => {
      const corner = await open();
      const run = await asking(corner);
      const dead: RunProgress = { kind: "dead", reason: "fetch_failed", detail: "d" };
      await corner.store.commitRuns({ turns: [corner.runTurn(run, { progress: dead })] });
      await corner.store.replayDeadLetters(replayOf(corner, [run.id], { now: corner.at + 5 }));
      expect(await corner.store.dueRuns({ lane, now: corner.at + 5, limit: 10 })).toEqual([run.id]);
      expect(await load(corner, run.id)).toMatchObject([{ effect: null, dueAt: corner.at + 5 }]);
    });

    test("is canceled with its event", async () => {
      const corner = await open();
      const event = await corner.accepted({ cancellationHash: `c${corner.at}` });
      const run = corner.run({ eventId: event.id, effectKey: "a.example t" });
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs: [run] })] });
      const { environmentId } = corner;
      const request = { environmentId, cancellationHash: `c${corner.at}`, now: corner.at };
      expect(await corner.store.cancelEvents(request)).toMatchObject({ runs: 1 });
      expect(await due(corner, corner.at + 9_999)).toEqual([]);
    });

    test("waits in one line with those of its key: each line gives a bounded number, and lines take turns", async () => {
      const corner = await open();
      const event = await corner.accepted({ lane: "marketing" });
      const runs = times(30, (index) =>
        corner.run({
          eventId: event.id,
          effectKey: index < 26 ? "hole t" : `good${index} t`,
          dueAt: corner.at - (30 - index),
        }),
      );
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs })] });
      const found = await corner.store.dueEffects({ lane, now: corner.at, limit: 100, perKeyMax: 5 });
      expect(found.filter(({ key }) => key === "hole t").map(({ runId }) => runId)).toEqual(
        runs.slice(0, 5).map(({ id }) => id),
      );
      expect(found.filter(({ key }) => key !== "hole t")).toHaveLength(4);
      expect(await due(corner, corner.at, 5, 6)).toHaveLength(6);
    });
  });
}
