import { describe, expect, test } from "vitest";
import type { Corner, OpenCorner } from "./corner.conformance.ts";
import { times } from "./corner.conformance.ts";

const hourMs = 3_600_000;

export function acceptConformance(open: OpenCorner): void {
  const key = (corner: Corner, over: { keyHash?: string; bodyHash?: string; expiresAt?: number } = {}) => ({
    keyHash: "k",
    bodyHash: "b",
    expiresAt: corner.at + 24 * hourMs,
    ...over,
  });

  describe("accepting events", () => {
    test("an accepted event is there with all that it was accepted with", async () => {
      const corner = await open();
      const event = corner.event({
        kind: "message",
        name: "n",
        tenant: "t",
        lane: "marketing",
        dueAt: corner.at + 5,
        expiresAt: corner.at + 9,
        inline: "sealed",
      });
      expect(await corner.store.acceptEvents({ events: [event] })).toEqual([
        { status: "accepted", id: event.id, turn: null },
      ]);
      expect(await corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 10 })).toEqual({
        id: event.id,
        kind: "message",
        generation: 0,
        name: "n",
        state: "accepted",
        lane: "marketing",
        tenant: "t",
        receivedAt: corner.at,
        dueAt: corner.at + 5,
        expiresAt: corner.at + 9,
        payload: "payload",
        inline: "sealed",
        runs: [],
        messages: [],
        decisions: [],
        truncated: false,
      });
    });

    test("an event keeps the trace that it came with, for itself and for what is made of it", async () => {
      const corner = await open();
      const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 shop=4711";
      const traced = await corner.accepted({ trace });
      const plain = await corner.accepted();
      const { id } = traced;
      const message = corner.message({ eventId: id });
      const run = corner.run({ eventId: id });
      const turn = { messages: [message], runs: [run], progress: { kind: "continue" as const, cursor: 1 } };
      await corner.store.commitEvents({ turns: [corner.turn(traced, turn)] });
      const records = await corner.store.loadEvents({ ids: [id, plain.id], lane: traced.lane });
      expect(records.map((record) => record.trace)).toEqual([trace, null]);
      const [delivery] = await corner.store.loadDeliveries({ ids: [message.id], lane: traced.lane });
      const [waiting] = await corner.store.loadRuns({ ids: [run.id], lane: traced.lane });
      expect([delivery?.event.trace, waiting?.event.trace]).toEqual([trace, trace]);
    });

    test("the same key with the same body answers with the first event's id and makes none", async () => {
      const corner = await open();
      const first = await corner.accepted({ idempotency: key(corner) });
      const second = corner.event({ idempotency: key(corner), receivedAt: corner.at + 1000 });
      expect(await corner.store.acceptEvents({ events: [second] })).toEqual([{ status: "duplicate", id: first.id }]);
      expect(
        await corner.store.getEvent({ environmentId: corner.environmentId, id: second.id, limit: 1 }),
      ).toBeUndefined();
    });

    test("the same key with another body is a mismatch and makes none", async () => {
      const corner = await open();
      await corner.accepted({ idempotency: key(corner) });
      const second = corner.event({ idempotency: key(corner, { bodyHash: "other" }) });
      expect(await corner.store.acceptEvents({ events: [second] })).toEqual([{ status: "mismatch" }]);
      expect(
        await corner.store.getEvent({ environmentId: corner.environmentId, id: second.id, limit: 1 }),
      ).toBeUndefined();
    });

    test("a key that comes twice in one call counts once", async () => {
      const corner = await open();
      const events = ["b", "b", "other"].map((bodyHash) => corner.event({ idempotency: key(corner, { bodyHash }) }));
      const results = await corner.store.acceptEvents({ events });
      expect(results.map(({ status }) => status)).toEqual(["accepted", "duplicate", "mismatch"]);
    });

    test("of concurrent calls with one key exactly one is accepted, and all have its id", async () => {
      const corner = await open();
      const calls = times(20, () =>
        corner.store.acceptEvents({ events: [corner.event({ idempotency: key(corner) })] }),
      );
      const results = (await Promise.all(calls)).flat();
      expect(results.filter(({ status }) => status === "accepted")).toHaveLength(1);
      expect(new Set(results.map((result) => (result.status === "mismatch" ? "" : result.id))).size).toBe(1);
    });

    test.each([1, 24, 7 * 24])("a key holds all its %d hours and not a millisecond longer", async (hours) => {
      const corner = await open();
      const ttlMs = hours * hourMs;
      for (const startMs of times(9, (index) => index * hourMs)) {
        const keyHash = `k${startMs}`;
        const claim = (receivedAt: number) =>
          corner.event({ receivedAt, idempotency: { keyHash, bodyHash: "b", expiresAt: receivedAt + ttlMs } });
        const from = corner.at + startMs;
        await corner.store.acceptEvents({ events: [claim(from)] });
        const again = times(20, (index) => claim(from + Math.floor((index / 19) * (ttlMs - 1))));
        const results = await corner.store.acceptEvents({ events: again });
        expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["duplicate"]));
        expect(await corner.store.acceptEvents({ events: [claim(from + ttlMs)] })).toMatchObject([
          { status: "accepted" },
        ]);
      }
    });

    test("a key that ran out belongs to the next event that brings it, with whatever body", async () => {
      const corner = await open();
      await corner.accepted({ idempotency: key(corner, { expiresAt: corner.at + 1000 }) });
      const receivedAt = corner.at + 2000;
      const next = corner.event({ receivedAt, idempotency: key(corner, { bodyHash: "new" }) });
      const repeated = corner.event({ receivedAt, idempotency: key(corner, { bodyHash: "new" }) });
      const results = await corner.store.acceptEvents({ events: [next, repeated] });
      expect(results).toEqual([
        { status: "accepted", id: next.id, turn: null },
        { status: "duplicate", id: next.id },
      ]);
    });

    test("environments do not share keys", async () => {
      const corner = await open();
      const own = corner.event({ idempotency: key(corner) });
      const other = corner.event({
        idempotency: key(corner, { bodyHash: "x" }),
        environmentId: corner.otherEnvironmentId,
      });
      const results = await corner.store.acceptEvents({ events: [own, other] });
      expect(results.map(({ status }) => status)).toEqual(["accepted", "accepted"]);
    });

    test("a call that cannot be written whole is not written at all, and takes no key", async () => {
      const corner = await open();
      const known = await corner.accepted();
      const event = corner.event({ idempotency: key(corner) });
      await expect(corner.store.acceptEvents({ events: [event, { ...known }] })).rejects.toThrow();
      expect(
        await corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 1 }),
      ).toBeUndefined();
      expect(await corner.store.acceptEvents({ events: [event] })).toEqual([
        { status: "accepted", id: event.id, turn: null },
      ]);
    });
  });

  describe("cancelling", () => {
    test("stops the event, its waiting runs and its queued messages, and tells how many", async () => {
      const corner = await open();
      const { store } = corner;
      const cancellationHash = "c";
      const open1 = await corner.accepted({ cancellationHash, dueAt: corner.at + hourMs, inline: "sealed" });
      const event = await corner.accepted({ cancellationHash });
      const run = corner.run({ eventId: event.id });
      const messages = times(3, () => corner.message({ eventId: event.id }));
      await store.commitEvents({ turns: [corner.turn(event, { runs: [run], messages, otherLanes: ["marketing"] })] });
      const [queued, sending, sent] = messages;
      if (queued === undefined || sending === undefined || sent === undefined) throw new RangeError("three messages");
      for (const message of [sending, sent]) await corner.start(message);
      await corner.record(sent);

      const request = { environmentId: corner.environmentId, cancellationHash, now: corner.at };
      expect(await store.cancelEvents(request)).toEqual({ events: 1, runs: 1, messages: 1 });
      expect(await store.cancelEvents(request)).toEqual({ events: 0, runs: 0, messages: 0 });
      const states = await Promise.all(messages.map(async (message) => (await corner.row(message)).state));
      expect(states).toEqual(["canceled", "sending", "sent"]);
      expect(await store.getEvent({ environmentId: corner.environmentId, id: open1.id, limit: 1 })).toMatchObject({
        state: "canceled",
        dueAt: null,
        inline: null,
      });
      expect(
        (await store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 1 }))?.runs,
      ).toMatchObject([{ state: "canceled" }]);
      const later = { now: corner.at + 2 * hourMs, limit: 100 };
      expect(await store.dueEvents({ lane: "transactional", ...later })).toEqual([]);
      expect(await store.dueEvents({ lane: "marketing", ...later })).toEqual([]);
      expect(await store.dueRuns({ lane: "transactional", ...later })).toEqual([]);
      expect(await corner.dueMessages({ now: corner.at + 1000 })).toEqual([]);
    });

    test("what was under way when it was canceled loses its turn", async () => {
      const corner = await open();
      const { store } = corner;
      const event = await corner.accepted({ cancellationHash: "c" });
      const run = await corner.waiting();
      const own = await store.getEvent({ environmentId: corner.environmentId, id: run.eventId, limit: 1 });
      expect(own?.runs).toHaveLength(1);
      await store.cancelEvents({ environmentId: corner.environmentId, cancellationHash: "c", now: corner.at });
      expect(
        await store.commitEvents({
          turns: [corner.turn(event, { messages: [corner.message({ eventId: event.id })] })],
        }),
      ).toEqual([{ status: "lost" }]);
      expect((await store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 1 }))?.messages).toEqual(
        [],
      );
    });

    test("what was on its way out when it was canceled is not tried again, but is sent where it was sent", async () => {
      const corner = await open();
      const event = await corner.accepted({ cancellationHash: "c" });
      const messages = times(3, () => corner.message({ eventId: event.id }));
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages })] });
      for (const message of messages) await corner.start(message);
      await corner.store.cancelEvents({ environmentId: corner.environmentId, cancellationHash: "c", now: corner.at });
      const afters = [
        { state: "queued" as const, dueAt: corner.at + 1 },
        { state: "sent" as const },
        { state: "failed" as const, reason: "550" },
      ];
      for (const [index, after] of afters.entries()) {
        const message = messages[index];
        if (message !== undefined) expect(await corner.record(message, { after })).toBe("recorded");
      }
      const rows = await Promise.all(messages.map((message) => corner.row(message)));
      expect(rows.map(({ state, reason, dueAt }) => [state, reason, dueAt])).toEqual([
        ["canceled", "canceled", null],
        ["sent", "", null],
        ["failed", "550", null],
      ]);
    });

    test("a canceled message is not started", async () => {
      const corner = await open();
      const event = await corner.accepted({ cancellationHash: "c" });
      const message = corner.message({ eventId: event.id });
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
      await corner.store.cancelEvents({ environmentId: corner.environmentId, cancellationHash: "c", now: corner.at });
      expect(await corner.start(message)).toBe("lost");
    });

    test("neither another key nor another environment's same key is touched", async () => {
      const corner = await open();
      const others = [
        await corner.accepted({ cancellationHash: "d" }),
        await corner.accepted({ cancellationHash: "c", environmentId: corner.otherEnvironmentId }),
        await corner.accepted(),
      ];
      await corner.store.cancelEvents({ environmentId: corner.environmentId, cancellationHash: "c", now: corner.at });
      const due = await corner.store.dueEvents({ lane: "transactional", now: corner.at, limit: 100 });
      expect(new Set(due)).toEqual(new Set(others.map(({ id }) => id)));
    });
  });
}
