import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { FirstTurn, NewMessage } from "../../ports/store/orchestrate.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

/** An event that is stored together with its only turn, and messages that are STARTED by their insert. */
export function firstTurnConformance(open: OpenCorner): void {
  describe("an event with its first turn", () => {
    test("is done at once, with all that the turn makes, where its recipients are as they were read", async () => {
      const { corner, read } = await known(open);
      const event = corner.event();
      const message = corner.message({ eventId: event.id });
      const decision = corner.decision({ eventId: event.id });
      const turn = firstTurn(corner, { reads: [read], messages: [message], decisions: [decision] });
      expect(await accept(corner, { ...event, turn })).toEqual({ dropped: [], held: [] });
      expect(await corner.store.dueEvents({ lane: event.lane, now: corner.at, limit: 10 })).toEqual([]);
      expect(await corner.store.loadEvents({ ids: [event.id], lane: event.lane })).toEqual([]);
      expect(await shown(corner, event)).toMatchObject({
        state: "done",
        dueAt: null,
        messages: [{ id: message.id, state: "queued" }],
        decisions: [{ reason: decision.reason }],
      });
      expect(await corner.dueMessages()).toEqual([message.id]);
    });

    test.each([
      ["was changed meanwhile", { version: 0 }],
      ["was made anew meanwhile", { wrappedKey: "another" }],
      ["is not there any more", { id: "u9", wrappedKey: "another" }],
    ])("waits for orchestrate where a recipient %s, and nothing of the turn is written", async (_name, over) => {
      const { corner, read } = await known(open);
      const event = corner.event();
      const messages = [corner.message({ eventId: event.id })];
      const turn = firstTurn(corner, { reads: [read, { ...read, ...over }], messages });
      expect(await accept(corner, { ...event, turn })).toBeNull();
      expect(await shown(corner, event)).toMatchObject({ state: "accepted", messages: [] });
      expect(await corner.store.dueEvents({ lane: event.lane, now: corner.at, limit: 10 })).toEqual([event.id]);
    });

    test("reads recipients in its own environment only", async () => {
      const { corner, read } = await known(open);
      const event = corner.event({ environmentId: corner.otherEnvironmentId });
      expect(await accept(corner, { ...event, turn: firstTurn(corner, { reads: [read] }) })).toBeNull();
    });

    test("that repeats another by its key writes nothing of its turn", async () => {
      const { corner, read } = await known(open);
      const idempotency = { keyHash: `k${corner.environmentId}`, bodyHash: "b", expiresAt: corner.at + 1000 };
      const [first, second] = [corner.event({ idempotency }), corner.event({ idempotency })];
      const turnOf = ({ id }: NewEvent) =>
        firstTurn(corner, { reads: [read], messages: [corner.message({ eventId: id })] });
      const events = [first, second].map((event) => ({ ...event, turn: turnOf(event) }));
      expect(await corner.store.acceptEvents({ events })).toEqual([
        { status: "accepted", id: first.id, turn: { dropped: [], held: [] } },
        { status: "duplicate", id: first.id },
      ]);
      expect(await corner.dueMessages()).toHaveLength(1);
    });
  });

  describe("a message that is STARTED by its insert", () => {
    test("is under way with its first attempt, and takes its outcome", async () => {
      const corner = await open();
      const { message, written } = await started(corner);
      expect(written.held).toEqual([]);
      expect(await corner.row(message)).toMatchObject({
        state: "sending",
        attempts: [{ number: 1, callId: "call_1", integration: "smtp", startedAt: corner.at, outcome: "started" }],
      });
      expect(await corner.start(message)).toBe("lost");
      expect(await corner.record(message)).toBe("recorded");
      expect(await corner.row(message)).toMatchObject({ state: "sent", sentAt: corner.at + 50 });
    });

    test("is found again where its process is gone, or its lease is over, and not before", async () => {
      const corner = await open();
      const { message } = await started(corner);
      expect(await corner.dueMessages()).toEqual([]);
      expect(await corner.dueMessages({ node: "another" })).toEqual([message.id]);
      expect(await corner.dueMessages({ now: corner.at + 39_999 })).toEqual([]);
      expect(await corner.dueMessages({ now: corner.at + 40_000 })).toEqual([message.id]);
      const [record] = await corner.store.loadDeliveries({ ids: [message.id], lane: "transactional" });
      expect(record).toMatchObject({ attempts: 1, firstAttemptAt: corner.at, open: { node: "here" } });
    });

    test("is held back, and ends, where its address is suppressed", async () => {
      const corner = await open();
      const earlier = await corner.sending();
      await corner.store.recordFeedback({ reports: [corner.report(earlier, { kind: "bounced" })], now: corner.at });
      const { message, written } = await started(corner);
      expect(written.held).toEqual([{ id: message.id, status: "suppressed" }]);
      expect(await corner.row(message)).toMatchObject({ state: "suppressed", attempts: [], dueAt: null });
      const other = await started(corner, { addressHash: "free" });
      expect(other.written.held).toEqual([]);
    });

    test("is held back, and ends, where its time has passed when the call was planned", async () => {
      const corner = await open();
      const { message, written } = await started(corner, { expiresAt: corner.at });
      expect(written.held).toEqual([{ id: message.id, status: "expired" }]);
      expect(await corner.row(message)).toMatchObject({
        state: "expired",
        reason: "expired",
        attempts: [],
        dueAt: null,
      });
      expect((await started(corner, { expiresAt: corner.at + 1 })).written.held).toEqual([]);
    });

    test("that is there already stays as it is", async () => {
      const corner = await open();
      const message = await corner.queued();
      const { written } = await started(corner, { id: message.id });
      expect(written.held).toEqual([{ id: message.id, status: "lost" }]);
      expect(await corner.row(message)).toMatchObject({ state: "queued", attempts: [] });
    });
  });
}

function firstTurn(corner: Corner, over: Partial<FirstTurn>): FirstTurn {
  return {
    now: corner.at,
    reads: [],
    dedupe: [],
    throttles: [],
    joins: [],
    runs: [],
    messages: [],
    decisions: [],
    ...over,
  };
}

/** A corner with one recipient, and how that one is read. */
async function known(open: OpenCorner) {
  const corner = await open();
  const recipient = corner.recipient({ wrappedKey: `key_${corner.environmentId}` });
  const { id, version, wrappedKey } = await corner.store.putRecipient({ recipient });
  return { corner, read: { id, version, wrappedKey } };
}

/** What was written of the event's turn. */
async function accept(corner: Corner, event: NewEvent) {
  const [result] = await corner.store.acceptEvents({ events: [event] });
  if (result?.status !== "accepted") throw new RangeError("the event was not accepted");
  return result.turn;
}

async function shown(corner: Corner, { id, environmentId }: NewEvent) {
  return corner.store.getEvent({ environmentId, id, limit: 10 });
}

/** By a later turn of an event as by its first one. */
async function started(corner: Corner, over: Parameters<Corner["message"]>[0] = {}) {
  const event = await corner.accepted({ lane: over.lane ?? "transactional" });
  const message: NewMessage = { ...corner.message({ eventId: event.id, ...over }), start: corner.call() };
  const [written] = await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
  if (written?.status !== "committed") throw new RangeError("the turn was lost");
  return { message, written };
}
