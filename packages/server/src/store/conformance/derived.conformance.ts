import { describe, expect, test } from "vitest";
import { deriveId } from "../../lib/ids.ts";
import type { DerivedClaim, DerivedEvent } from "../../ports/store/derived.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { EventTurn, TurnResult } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const lane = "transactional";

/** An event that a run of another sends. */
function derived(corner: Corner, from: { id: string }, over: Partial<DerivedEvent> = {}): DerivedEvent {
  const { environmentId, at } = corner;
  const id = over.id ?? corner.id();
  return {
    id,
    environmentId,
    runId: deriveId(at, "run"),
    descent: { root: from.id, depth: 1 },
    generation: 0,
    name: "order.escalated",
    tenant: "acme",
    lane,
    receivedAt: at,
    expiresAt: at + 5000,
    cancellationHash: "hash",
    payload: "derived payload",
    trace: null,
    decision: corner.decision({ eventId: from.id, outcome: "event", reason: "event_sent", detail: id }),
    ...over,
  };
}

function claimOf(corner: Corner, root: string, eventId: string, over: Partial<DerivedClaim> = {}): DerivedClaim {
  const { environmentId, at } = corner;
  const decision = corner.decision({ eventId, runId: "", reason: "derived_limit", detail: "at most 5" });
  return { environmentId, root, countsMessages: true, max: 5, expiresAt: at + 1000, decision, ...over };
}

export function derivedConformance(open: OpenCorner): void {
  const shown = (corner: Corner, { id }: { id: string }) =>
    corner.store.getEvent({ environmentId: corner.environmentId, id, limit: 100 });
  const sent = async (
    corner: Corner,
    root: NewEvent,
    events: readonly DerivedEvent[],
    over: Partial<EventTurn> = {},
  ) => {
    const claim = claimOf(corner, root.id, root.id, { countsMessages: false });
    const turn = corner.turn(root, { events, derived: claim, ...over });
    const [result] = await corner.store.commitEvents({ turns: [turn] });
    return result;
  };
  /** A turn on an event that a step has sent, with so many messages and events. */
  const turnOf = (corner: Corner, root: string, event: NewEvent, messages: number, events: number): EventTurn =>
    corner.turn(event, {
      derived: claimOf(corner, root, event.id),
      messages: times(messages, () => corner.message({ eventId: event.id })),
      events: times(events, () => derived(corner, { id: root }, { descent: { root, depth: 2 } })),
    });
  const statusOf = (result: TurnResult | undefined) =>
    result?.status === "committed"
      ? { ...result, held: result.held.map(({ status, reason }) => [status, reason]) }
      : result;

  describe("an event that a step sends", () => {
    test("is written with its turn, is due at once, and is loaded with where it comes from", async () => {
      const corner = await open();
      const root = await corner.accepted();
      const event = derived(corner, root, { generation: 2 });
      expect(await sent(corner, root, [event])).toEqual({ status: "committed", dropped: [], held: [] });
      expect(await corner.store.dueEvents({ lane, now: corner.at, limit: 1000 })).toContain(event.id);
      const [loaded] = await corner.store.loadEvents({ ids: [event.id], lane });
      const { runId: _, decision, trace, ...fields } = event;
      expect(loaded).toMatchObject({ ...fields, kind: "event", cursor: 0, dueAt: corner.at });
      expect(await shown(corner, event)).toMatchObject({ descent: event.descent, derived: undefined });
      expect(await shown(corner, root)).toMatchObject({
        descent: undefined,
        derived: { events: 1, messages: 0 },
        decisions: [{ reason: decision.reason, detail: event.id }],
      });
      const run = corner.run({ eventId: event.id });
      await corner.store.commitEvents({ turns: [corner.turn(root, { eventId: event.id, runs: [run] })] });
      const [record] = await corner.store.loadRuns({ ids: [run.id], lane });
      expect(record?.event).toEqual({
        id: event.id,
        tenant: "acme",
        payload: "derived payload",
        trace,
        generation: 2,
        descent: event.descent,
      });
    });

    test("is not written where its turn is lost, or its run loses a claim", async () => {
      const corner = await open();
      const root = await corner.accepted();
      const [late, throttled] = [derived(corner, root), derived(corner, root, { runId: corner.id() })];
      expect(await sent(corner, root, [late], { cursor: 7 })).toEqual({ status: "lost" });
      const { environmentId, at: now } = corner;
      const claim = { environmentId, hash: "h", limit: 0, windowMs: 1000, now };
      const decision = corner.decision({ eventId: root.id, reason: "throttled" });
      const throttles = [{ ...claim, runId: throttled.runId, decision }];
      expect(await sent(corner, root, [throttled], { throttles })).toMatchObject({ dropped: [throttled.runId] });
      for (const event of [late, throttled]) expect(await shown(corner, event)).toBeUndefined();
      expect((await shown(corner, root))?.decisions).toMatchObject([{ reason: "throttled" }]);
    });

    test("is written with a run's turn", async () => {
      const corner = await open();
      const run = await corner.waiting();
      const event = derived(corner, { id: run.eventId });
      const claim = claimOf(corner, run.eventId, run.eventId, { countsMessages: false });
      const turn = corner.runTurn(run, { events: [event], derived: claim });
      expect(await corner.store.commitRuns({ turns: [turn, { ...turn }] })).toEqual([
        { status: "committed", dropped: [], held: [] },
        { status: "lost" },
      ]);
      expect(await shown(corner, event)).toMatchObject({ state: "accepted", name: "order.escalated" });
      expect(await shown(corner, { id: run.eventId })).toMatchObject({ derived: { events: 1, messages: 0 } });
    });

    test("is written with the first turn of the event that leads to it", async () => {
      const corner = await open();
      const root = corner.event();
      const event = derived(corner, root);
      const { eventId: _, ...writes } = corner.turn(root, {
        events: [event],
        derived: claimOf(corner, root.id, root.id, { countsMessages: false }),
      });
      await corner.store.acceptEvents({ events: [{ ...root, turn: { ...writes, reads: [] } }] });
      expect(await shown(corner, event)).toMatchObject({ state: "accepted", descent: { root: root.id, depth: 1 } });
    });

    test("is told from events that came in, where these are looked for", async () => {
      const corner = await open();
      const root = await corner.accepted();
      const event = derived(corner, root);
      await sent(corner, root, [event]);
      const { environmentId } = corner;
      const found = await corner.store.pastEventsById({ environmentId, ids: [root.id, event.id] });
      expect(found.map(({ id, isDerived }) => [id, isDerived])).toEqual([
        [root.id, false],
        [event.id, true],
      ]);
    });
  });

  describe("the bound of what comes of one event", () => {
    test("leaves out what is too much, says so once in a turn, and goes on counting what was made", async () => {
      const corner = await open();
      const root = await corner.accepted();
      const event = await corner.accepted({ descent: { root: root.id, depth: 1 } });
      const turn = turnOf(corner, root.id, event, 4, 3);
      const [result] = await corner.store.commitEvents({ turns: [turn] });
      expect(statusOf(result)).toEqual({
        status: "committed",
        dropped: [],
        held: [],
        unsent: turn.events?.slice(1).map(({ id }) => id),
        isLimited: true,
      });
      const row = await shown(corner, event);
      expect(row?.messages).toHaveLength(4);
      expect(row?.decisions).toMatchObject([
        { reason: "derived_limit", detail: "at most 5: 2 events and 0 messages too many" },
      ]);
      expect(await shown(corner, root)).toMatchObject({
        derived: { events: 1, messages: 4 },
        decisions: [{ reason: "event_sent" }],
      });
      const next = await corner.accepted({ descent: { root: root.id, depth: 1 } });
      const [over] = await corner.store.commitEvents({ turns: [turnOf(corner, root.id, next, 2, 0)] });
      expect(statusOf(over)).toMatchObject({
        held: [
          ["dropped", "derived_limit"],
          ["dropped", "derived_limit"],
        ],
        isLimited: true,
      });
      expect(await shown(corner, next)).toMatchObject({ messages: [], decisions: [{ reason: "derived_limit" }] });
    });

    test("holds for turns of runs, and counts no messages of the first event itself", async () => {
      const corner = await open();
      const root = await corner.accepted();
      const messages = times(9, () => corner.message({ eventId: root.id }));
      await sent(corner, root, [derived(corner, root)], { messages });
      expect(await shown(corner, root)).toMatchObject({ derived: { events: 1, messages: 0 } });
      const run = await corner.waiting();
      const made = times(7, () => corner.message({ eventId: run.eventId, runId: run.id }));
      const turn = corner.runTurn(run, { messages: made, derived: claimOf(corner, root.id, run.eventId) });
      const [result] = await corner.store.commitRuns({ turns: [turn] });
      expect(result).toMatchObject({ isLimited: true, held: times(3, () => ({ reason: "derived_limit" })) });
      expect(await shown(corner, root)).toMatchObject({ derived: { events: 1, messages: 4 } });
    });

    test("counts each root, and each environment, apart", async () => {
      const corner = await open();
      const [one, other] = [await corner.accepted(), await corner.accepted()];
      const foreign = await corner.accepted({ environmentId: corner.otherEnvironmentId });
      const events = await Promise.all(times(3, () => corner.accepted()));
      const turns = [one, other, one].map((root, index) => turnOf(corner, root.id, events[index] ?? root, 3, 0));
      const away = corner.turn(foreign, {
        derived: claimOf(corner, one.id, foreign.id, { environmentId: corner.otherEnvironmentId }),
        messages: times(5, () => corner.message({ eventId: foreign.id, environmentId: corner.otherEnvironmentId })),
      });
      const results = await corner.store.commitEvents({ turns: [...turns, away] });
      expect(results.map((result) => result.status === "committed" && result.isLimited)).toEqual([
        undefined,
        undefined,
        true,
        undefined,
      ]);
      expect((await shown(corner, one))?.derived?.messages).toBe(5);
      expect((await shown(corner, other))?.derived?.messages).toBe(3);
    });

    test("is passed by nobody where many make something at once", async () => {
      const corner = await open();
      const roots = [await corner.accepted(), await corner.accepted()];
      const events = await Promise.all(times(24, () => corner.accepted()));
      const turns = events.map((event, index) => turnOf(corner, roots[index % 2]?.id ?? "", event, 1, 1));
      // Each call has turns of both roots, in either order.
      await Promise.all(
        times(6, (call) => {
          const own = turns.slice(call * 4, call * 4 + 4);
          return corner.store.commitEvents({ turns: call % 2 === 0 ? own : own.toReversed() });
        }),
      );
      for (const root of roots) {
        const { derived: count } = (await shown(corner, root)) ?? {};
        expect((count?.events ?? 0) + (count?.messages ?? 0)).toBe(5);
      }
      const made = await Promise.all(events.map((event) => shown(corner, event)));
      const children = await Promise.all(
        turns.flatMap(({ events: own = [] }) => own.map((event) => shown(corner, event))),
      );
      const messages = made.reduce((sum, row) => sum + (row?.messages.length ?? 0), 0);
      expect(messages + children.filter((row) => row !== undefined).length).toBe(10);
    });

    test("is forgotten some time behind the last", async () => {
      const corner = await open();
      const root = await corner.accepted();
      await sent(corner, root, [derived(corner, root)]);
      await corner.store.purgeExpiredKeys({ now: corner.at + 999, limit: 10_000 });
      expect((await shown(corner, root))?.derived).toEqual({ events: 1, messages: 0 });
      await corner.store.purgeExpiredKeys({ now: corner.at + 1000, limit: 10_000 });
      expect((await shown(corner, root))?.derived).toBeUndefined();
    });
  });
}
