import { describe, expect, test } from "vitest";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function eventTurnConformance(open: OpenCorner): void {
  const shown = (corner: Corner, id: string) =>
    corner.store.getEvent({ environmentId: corner.environmentId, id, limit: 100 });
  const due = (corner: Corner, lane: "critical" | "transactional" | "marketing" = "transactional") =>
    corner.store.dueEvents({ lane, now: corner.at, limit: 100 });

  describe("a turn of an event", () => {
    test("writes all that it brings, together", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const run = corner.run({ eventId: event.id, dueAt: corner.at + 1 });
      const message = corner.message({ eventId: event.id, runId: run.id });
      const decision = corner.decision({ eventId: event.id, runId: run.id });
      const turn = corner.turn(event, {
        runs: [run],
        messages: [message],
        decisions: [decision],
        recipients: [corner.recipient()],
      });
      expect(await corner.store.commitEvents({ turns: [turn] })).toEqual([
        { status: "committed", dropped: [], held: [] },
      ]);
      const row = await shown(corner, event.id);
      expect(row).toMatchObject({
        state: "done",
        dueAt: null,
        decisions: [decision],
        runs: [{ id: run.id, state: "waiting", dueAt: corner.at + 1 }],
      });
      expect(row?.messages).toMatchObject([
        { id: message.id, state: "queued", dueAt: corner.at, workflow: "shipped", workflowVersion: 3, attempts: [] },
      ]);
      expect(await corner.store.getRecipient({ environmentId: corner.environmentId, id: "u1" })).toMatchObject({
        sealed: "sealed",
        version: 1,
      });
      expect(await due(corner)).toEqual([]);
      expect(await corner.store.loadEvents({ ids: [event.id], lane: "transactional" })).toEqual([]);
    });

    test("is lost where the cursor has moved on, and then leaves nothing", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const further = corner.turn(event, { progress: { kind: "continue", cursor: 10 } });
      const late = corner.turn(event, {
        runs: [corner.run({ eventId: event.id })],
        messages: [corner.message({ eventId: event.id })],
        decisions: [corner.decision({ eventId: event.id })],
        recipients: [corner.recipient()],
        otherLanes: ["marketing"],
        progress: { kind: "dead", reason: "r", detail: "d" },
      });
      expect(await corner.store.commitEvents({ turns: [further, late] })).toEqual([
        { status: "committed", dropped: [], held: [] },
        { status: "lost" },
      ]);
      expect(await shown(corner, event.id)).toMatchObject({ state: "accepted", runs: [], messages: [], decisions: [] });
      expect(await corner.store.getRecipient({ environmentId: corner.environmentId, id: "u1" })).toBeUndefined();
      expect(await due(corner, "marketing")).toEqual([]);
      expect(await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: event.id })).toBeUndefined();
    });

    test("of two concurrent ones exactly one is committed", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const turns = times(5, () =>
        corner.store.commitEvents({
          turns: [corner.turn(event, { messages: [corner.message({ eventId: event.id })] })],
        }),
      );
      const results = (await Promise.all(turns)).flat();
      expect(results.filter(({ status }) => status === "committed")).toHaveLength(1);
      expect((await shown(corner, event.id))?.messages).toHaveLength(1);
    });

    test("that goes on leaves the event due, from its new cursor", async () => {
      const corner = await open();
      const event = await corner.accepted({ inline: "sealed" });
      await corner.store.commitEvents({ turns: [corner.turn(event, { progress: { kind: "continue", cursor: 200 } })] });
      expect(await due(corner)).toEqual([event.id]);
      const [record] = await corner.store.loadEvents({ ids: [event.id], lane: "transactional" });
      expect(record).toMatchObject({ id: event.id, cursor: 200, inline: "sealed", payload: "payload", generation: 0 });
      await corner.store.commitEvents({ turns: [corner.turn(event, { cursor: 200 })] });
      expect(await due(corner)).toEqual([]);
    });

    test("nulls the inline recipients only where it says so", async () => {
      const corner = await open();
      const [kept, cleared] = [
        await corner.accepted({ inline: "sealed" }),
        await corner.accepted({ inline: "sealed" }),
      ];
      await corner.store.commitEvents({ turns: [corner.turn(kept), corner.turn(cleared, { clearInline: true })] });
      expect((await shown(corner, kept.id))?.inline).toBe("sealed");
      expect((await shown(corner, cleared.id))?.inline).toBeNull();
    });

    test("makes a message of an id once, and leaves the first as it is", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const message = corner.message({ eventId: event.id });
      const first = corner.turn(event, { messages: [message], progress: { kind: "continue", cursor: 1 } });
      await corner.store.commitEvents({ turns: [first] });
      await corner.start(message);
      await corner.store.commitEvents({
        turns: [
          corner.turn(event, {
            cursor: 1,
            messages: [{ ...message, origin: { ...message.origin, category: "other" } }],
          }),
        ],
      });
      expect((await shown(corner, event.id))?.messages).toMatchObject([
        { id: message.id, state: "sending", category: "orders" },
      ]);
    });

    test("that cannot be written leaves nothing of its whole call", async () => {
      const corner = await open();
      await corner.store.putRecipient({ recipient: corner.recipient({ wrappedKey: "first" }) });
      const [good, bad] = [await corner.accepted(), await corner.accepted()];
      const turns = [
        corner.turn(good, { messages: [corner.message({ eventId: good.id })] }),
        corner.turn(bad, { recipients: [corner.recipient({ wrappedKey: "second" })] }),
      ];
      await expect(corner.store.commitEvents({ turns })).rejects.toThrow();
      expect(await shown(corner, good.id)).toMatchObject({ state: "accepted", messages: [] });
      expect(await due(corner)).toHaveLength(2);
    });

    test("a message that is born settled is not due", async () => {
      const corner = await open();
      const messages = await corner.queuedAll([
        { state: "failed", dueAt: null },
        { state: "expired", dueAt: null },
      ]);
      expect(await corner.dueMessages()).toEqual([]);
      const states = await Promise.all(messages.map(async (message) => (await corner.row(message)).state));
      expect(states).toEqual(["failed", "expired"]);
    });
  });

  describe("the part of an event that another lane continues", () => {
    test("begins at its first recipient, has the event's tenant, and ends by itself", async () => {
      const corner = await open();
      const event = await corner.accepted({ lane: "critical", tenant: "t" });
      await corner.store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["transactional", "marketing"] })] });
      expect(await due(corner, "marketing")).toEqual([event.id]);
      const [part] = await corner.store.loadEvents({ ids: [event.id], lane: "marketing" });
      expect(part).toMatchObject({ id: event.id, lane: "critical", cursor: 0, tenant: "t" });
      const turn = corner.turn(event, { lane: "marketing", continuation: true });
      expect(
        await corner.store.commitEvents({
          turns: [
            { ...turn, progress: { kind: "continue", cursor: 7 } },
            turn,
            { ...turn, cursor: 7 },
            { ...turn, cursor: 7 },
          ],
        }),
      ).toEqual([
        { status: "committed", dropped: [], held: [] },
        { status: "lost" },
        { status: "committed", dropped: [], held: [] },
        { status: "lost" },
      ]);
      expect(await due(corner, "marketing")).toEqual([]);
      expect(await corner.store.loadEvents({ ids: [event.id], lane: "marketing" })).toEqual([]);
      expect(await due(corner, "transactional")).toEqual([event.id]);
    });

    test("that dies is a dead letter whose replay brings back that part and no other", async () => {
      const corner = await open();
      const event = await corner.accepted({ lane: "critical" });
      await corner.store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["transactional", "marketing"] })] });
      const done = corner.turn(event, { lane: "transactional", continuation: true });
      const dead = corner.turn(event, {
        lane: "marketing",
        continuation: true,
        progress: { kind: "dead", reason: "r", detail: "d" },
      });
      await corner.store.commitEvents({ turns: [done, dead] });
      expect(await due(corner, "marketing")).toEqual([]);
      expect(await corner.store.replayDeadLetters(replayOf(corner, [event.id]))).toEqual({ replayed: 1, expired: 0 });
      expect(await due(corner, "marketing")).toEqual([event.id]);
      expect(await due(corner, "transactional")).toEqual([]);
      expect(await due(corner, "critical")).toEqual([]);
    });

    test("and the event itself, both dead, come back with one replay", async () => {
      const corner = await open();
      const event = await corner.accepted({ lane: "critical" });
      const first = corner.turn(event, { otherLanes: ["marketing"], progress: { kind: "continue", cursor: 5 } });
      const progress = { kind: "dead" as const, reason: "r", detail: "d" };
      await corner.store.commitEvents({
        turns: [
          first,
          corner.turn(event, { cursor: 5, progress }),
          corner.turn(event, { lane: "marketing", continuation: true, progress }),
        ],
      });
      expect([...(await due(corner, "critical")), ...(await due(corner, "marketing"))]).toEqual([]);
      expect(await corner.store.replayDeadLetters(replayOf(corner, [event.id]))).toEqual({ replayed: 1, expired: 0 });
      expect(await due(corner, "critical")).toEqual([event.id]);
      expect(await due(corner, "marketing")).toEqual([event.id]);
    });
  });

  test("an event that dies is a dead letter, and its replay goes on where it stood", async () => {
    const corner = await open();
    const event = await corner.accepted({ inline: "sealed" });
    const dead = { kind: "dead" as const, reason: "orchestration_failed", detail: "TypeError" };
    await corner.store.commitEvents({
      turns: [
        corner.turn(event, { progress: { kind: "continue", cursor: 3 } }),
        corner.turn(event, { cursor: 3, progress: dead }),
      ],
    });
    expect(await shown(corner, event.id)).toMatchObject({ state: "dead", dueAt: null, inline: "sealed" });
    expect(await due(corner)).toEqual([]);
    const letter = await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: event.id });
    expect(letter).toEqual({
      id: event.id,
      kind: "event",
      reason: "orchestration_failed",
      detail: "TypeError",
      at: corner.at,
      message: undefined,
    });
    await corner.store.replayDeadLetters(replayOf(corner, [event.id]));
    expect(await corner.store.loadEvents({ ids: [event.id], lane: "transactional" })).toMatchObject([
      { cursor: 3, inline: "sealed" },
    ]);
    expect(await due(corner)).toEqual([event.id]);
  });
}

export function replayOf(
  corner: Corner,
  ids: readonly string[] | undefined,
  over: { reason?: string; channel?: "email" | "sms"; limit?: number; now?: number; environmentId?: number } = {},
) {
  return {
    environmentId: corner.environmentId,
    ids,
    reason: undefined,
    channel: undefined,
    limit: 100,
    now: corner.at,
    ...over,
  };
}
