import { describe, expect, test } from "vitest";
import type { ThrottleClaim } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const lane = "transactional";

export function throttlesConformance(open: OpenCorner): void {
  const claimOf = (corner: Corner, eventId: string, over: Partial<ThrottleClaim> = {}): ThrottleClaim => {
    const runId = over.runId ?? corner.id();
    const decision = corner.decision({ eventId, runId, outcome: "ended", reason: "throttled" });
    const { environmentId, at: now } = corner;
    return { environmentId, hash: `t${now}`, runId, limit: 2, windowMs: 1000, now, decision, ...over };
  };
  /** A run of an event of its own that wants past, with a message. Gives whether it got. */
  const passes = async (corner: Corner, over: Partial<ThrottleClaim> = {}): Promise<boolean> => {
    const event = await corner.accepted();
    const claim = claimOf(corner, event.id, over);
    const messages = [corner.message({ eventId: event.id, runId: claim.runId })];
    const runs = [corner.run({ id: claim.runId, eventId: event.id })];
    const turn = corner.turn(event, { throttles: [claim], messages, runs });
    const [result] = await corner.store.commitEvents({ turns: [turn] });
    const { environmentId } = corner;
    const row = await corner.store.getEvent({ environmentId, id: event.id, limit: 10 });
    const made = {
      messages: row?.messages.length,
      runs: row?.runs.length,
      reasons: row?.decisions.map((d) => d.reason),
    };
    const isPast = result?.status === "committed" && !result.dropped.includes(claim.runId);
    expect(made).toEqual(
      isPast ? { messages: 1, runs: 1, reasons: [] } : { messages: 0, runs: 0, reasons: ["throttled"] },
    );
    return isPast;
  };

  describe("a throttle", () => {
    test("lets as many runs past as its limit in any window, and nothing of the others is written", async () => {
      const corner = await open();
      const at = (offset: number) => passes(corner, { now: corner.at + offset });
      expect([await at(0), await at(400), await at(999), await at(1000), await at(1399), await at(1400)]).toEqual([
        true,
        true,
        false,
        true,
        false,
        true,
      ]);
    });

    test("counts each key, and each environment, apart", async () => {
      const corner = await open();
      for (const hash of ["a", "b"])
        expect([await passes(corner, { hash, limit: 1 }), await passes(corner, { hash, limit: 1 })]).toEqual([
          true,
          false,
        ]);
      expect(await passes(corner, { hash: "a", limit: 1, environmentId: corner.otherEnvironmentId })).toBe(true);
    });

    test("lets a run past again that is past already, so that its turn may run again", async () => {
      const corner = await open();
      const runId = corner.id();
      const run = await corner.waiting({ id: runId });
      const turn = (step: number, to: number) =>
        corner.runTurn(
          { ...run, step },
          {
            throttles: [claimOf(corner, run.eventId, { runId, limit: 1 })],
            progress: { kind: "wait", step: to, dueAt: corner.at, journal: null },
          },
        );
      for (const [step, to] of [
        [1, 2],
        [2, 3],
      ] as const)
        expect(await corner.store.commitRuns({ turns: [turn(step, to)] })).toMatchObject([{ dropped: [] }]);
    });

    test("ends a run that has waited and does not get past, with none of what it would have made", async () => {
      const corner = await open();
      await passes(corner, { limit: 1 });
      const run = await corner.waiting();
      const message = corner.message({ eventId: run.eventId, runId: run.id });
      const turn = corner.runTurn(run, {
        throttles: [claimOf(corner, run.eventId, { runId: run.id, limit: 1 })],
        progress: { kind: "effect", step: 4, baseAt: 0, dueAt: corner.at, key: "h t", attempts: 0, journal: null },
        messages: [message],
      });
      expect(await corner.store.commitRuns({ turns: [turn] })).toEqual([
        { status: "committed", dropped: [run.id], held: [] },
      ]);
      const { environmentId, store } = corner;
      expect(await store.getMessage({ environmentId, id: message.id })).toBeUndefined();
      expect(await store.getEvent({ environmentId, id: run.eventId, limit: 10 })).toMatchObject({
        runs: [{ id: run.id, state: "completed", dueAt: null }],
        decisions: [{ reason: "throttled" }],
      });
      expect(await store.dueEffects({ lane, now: corner.at + 9_999, limit: 10, perKeyMax: 10 })).toEqual([]);
    });

    test("lets no more past where many ask at once", async () => {
      const corner = await open();
      const events = await Promise.all(times(40, () => corner.accepted()));
      const results = await Promise.all(
        times(8, (batch) =>
          corner.store.commitEvents({
            turns: events.slice(batch * 5, batch * 5 + 5).map((event) =>
              corner.turn(event, {
                throttles: [
                  claimOf(corner, event.id, { hash: batch % 2 === 0 ? "x" : "y", limit: 7 }),
                  claimOf(corner, event.id, { hash: batch % 2 === 0 ? "y" : "x", limit: 7 }),
                ],
              }),
            ),
          }),
        ),
      );
      const dropped = results.flat().flatMap((result) => (result.status === "committed" ? result.dropped : []));
      expect(dropped).toHaveLength(80 - 14);
    });

    test("forgets what its window has left behind", async () => {
      const corner = await open();
      await passes(corner, { windowMs: 1 });
      const purged = await corner.store.purgeExpiredKeys({ now: corner.at + 1, limit: 1000 });
      expect(purged).toBeGreaterThanOrEqual(1);
    });
  });
}
