import { describe, expect, test } from "vitest";
import type { DedupeClaim } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function dedupeConformance(open: OpenCorner): void {
  const shown = (corner: Corner, id: string) =>
    corner.store.getEvent({ environmentId: corner.environmentId, id, limit: 100 });

  describe("a dedupe claim", () => {
    const windowMs = 60_000;
    const claim = (corner: Corner, runId: string, over: Partial<DedupeClaim> = {}): DedupeClaim => ({
      environmentId: corner.environmentId,
      hash: "h",
      runId,
      now: corner.at,
      expiresAt: corner.at + windowMs,
      decision: corner.decision({ runId, reason: "deduplicated" }),
      ...over,
    });
    /** An event whose run makes a message, waits and decides, under a claim. */
    const claiming = async (corner: Corner, runId: string, over: Partial<DedupeClaim> = {}) => {
      const event = await corner.accepted({ environmentId: over.environmentId ?? corner.environmentId });
      const base = claim(corner, runId, over);
      const dedupe = [{ ...base, decision: { ...base.decision, eventId: event.id } }];
      const of = { eventId: event.id, runId };
      const turn = corner.turn(event, {
        dedupe,
        runs: [corner.run({ ...of, id: runId })],
        messages: [corner.message(of)],
        decisions: [corner.decision(of)],
      });
      const results = await corner.store.commitEvents({ turns: [turn] });
      return { event, result: results[0] };
    };

    test("inside the window drops all of the later run but the record of it", async () => {
      const corner = await open();
      const first = await claiming(corner, corner.id());
      expect(first.result).toEqual({ status: "committed", dropped: [], held: [] });
      const runId = corner.id();
      const second = await claiming(corner, runId, {
        now: corner.at + windowMs - 1,
        expiresAt: corner.at + 2 * windowMs,
      });
      expect(second.result).toEqual({ status: "committed", dropped: [runId], held: [] });
      const row = await shown(corner, second.event.id);
      expect(row).toMatchObject({ state: "done", runs: [], messages: [] });
      expect(row?.decisions).toMatchObject([{ runId, reason: "deduplicated" }]);
    });

    test("after the window is free, and then holds a window of its own", async () => {
      const corner = await open();
      await claiming(corner, corner.id());
      const next = { now: corner.at + windowMs, expiresAt: corner.at + 2 * windowMs };
      expect((await claiming(corner, corner.id(), next)).result).toEqual({
        status: "committed",
        dropped: [],
        held: [],
      });
      expect((await claiming(corner, corner.id(), { now: corner.at + 2 * windowMs - 1 })).result).toMatchObject({
        dropped: [expect.any(String)],
        held: [],
      });
    });

    test("is the same run's again when it is repeated", async () => {
      const corner = await open();
      const runId = corner.id();
      await claiming(corner, runId);
      expect((await claiming(corner, runId)).result).toEqual({ status: "committed", dropped: [], held: [] });
    });

    test("of another hash or environment is another", async () => {
      const corner = await open();
      await claiming(corner, corner.id());
      expect((await claiming(corner, corner.id(), { hash: "other" })).result).toMatchObject({ dropped: [] });
      expect((await claiming(corner, corner.id(), { environmentId: corner.otherEnvironmentId })).result).toMatchObject({
        dropped: [],
        held: [],
      });
    });

    test("twice in one turn lets the first run through", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const runs = times(2, () => corner.id());
      const turn = corner.turn(event, {
        dedupe: runs.map((runId) => claim(corner, runId)),
        messages: runs.map((runId) => corner.message({ eventId: event.id, runId })),
      });
      expect(await corner.store.commitEvents({ turns: [turn] })).toEqual([
        { status: "committed", dropped: [runs[1]], held: [] },
      ]);
      expect((await shown(corner, event.id))?.messages).toMatchObject([{ runId: runs[0] }]);
    });
  });
}
