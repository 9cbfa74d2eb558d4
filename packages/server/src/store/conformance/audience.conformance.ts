import { describe, expect, test } from "vitest";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function audienceConformance(open: OpenCorner): void {
  const topic = async (corner: Corner, key: string, recipients: readonly string[]) => {
    const { store, environmentId, at } = corner;
    await store.putTopic({ environmentId, key, id: corner.id(), name: null, description: null, now: at });
    await store.subscribe({ environmentId, key, recipients, now: at });
  };
  const read = async (
    { store, environmentId }: Corner,
    key: string,
    after: string,
    limit: number,
    before: string[] = [],
  ) => store.readSubscribers({ environmentId, topic: key, after, limit, before, lane: "marketing" });

  describe("the subscribers of a topic", () => {
    test("are read by id, a page at a time, with their rows where they are known", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await store.putRecipient({ recipient: corner.recipient({ id: "u2", profile: '{"a":1}' }) });
      await topic(corner, "news", ["u3", "u1", "u2"]);
      const page = await read(corner, "news", "", 2);
      expect(page).toEqual([
        { id: "u1", record: null, isRepeated: false },
        {
          id: "u2",
          record: {
            environmentId,
            id: "u2",
            wrappedKey: "key",
            profile: '{"a":1}',
            sealed: "sealed",
            updatedAt: corner.at,
            version: 1,
            choices: null,
          },
          isRepeated: false,
        },
      ]);
      expect(await read(corner, "news", "u2", 2)).toMatchObject([{ id: "u3" }]);
      expect(await read(corner, "news", "u3", 2)).toEqual([]);
    });

    test("are told apart from those who were in an earlier topic", async () => {
      const corner = await open();
      await topic(corner, "first", ["u1", "u3"]);
      await topic(corner, "second", ["u1", "u2", "u3"]);
      expect((await read(corner, "second", "", 10, ["gone", "first"]))?.map(({ isRepeated }) => isRepeated)).toEqual([
        true,
        false,
        true,
      ]);
    });

    test("are none of a topic that is not there", async () => {
      const corner = await open();
      expect(await read(corner, "news", "", 10)).toBeUndefined();
    });
  });

  describe("an event with topics", () => {
    test("keeps its place with each turn, in its own lane and in others, and may be put off", async () => {
      const corner = await open();
      const { store, at } = corner;
      const event = await corner.accepted();
      const commit = (over: Parameters<Corner["turn"]>[1]) => store.commitEvents({ turns: [corner.turn(event, over)] });
      const part = { lane: "marketing", continuation: true } as const;
      const placeIn = async (lane: "transactional" | "marketing") =>
        (await store.loadEvents({ ids: [event.id], lane })).map(({ cursor, position }) => [cursor, position]);
      await commit({ progress: { kind: "continue", cursor: 10, position: "0:u9" }, otherLanes: ["marketing"] });
      expect(await placeIn("transactional")).toEqual([[10, "0:u9"]]);
      expect(await placeIn("marketing")).toEqual([[0, null]]);
      await commit({ ...part, progress: { kind: "continue", cursor: 5, position: "0:u4" } });
      expect(await placeIn("marketing")).toEqual([[5, "0:u4"]]);
      await commit({ ...part, cursor: 5, progress: { kind: "continue", cursor: 5, dueAt: at + 500 } });
      await commit({ cursor: 10, progress: { kind: "continue", cursor: 10, dueAt: at + 500 } });
      expect([await placeIn("transactional"), await placeIn("marketing")]).toEqual([[[10, "0:u9"]], [[5, "0:u4"]]]);
      for (const lane of ["transactional", "marketing"] as const) {
        expect(await store.dueEvents({ lane, now: at + 499, limit: 10 })).toEqual([]);
        expect(await store.dueEvents({ lane, now: at + 500, limit: 10 })).toEqual([event.id]);
      }
    });

    test("counts its messages while they are due and open, and no others", async () => {
      const corner = await open();
      const { store, at } = corner;
      const event = await corner.accepted();
      const [first, second, ...rest] = times(5, () => corner.message({ eventId: event.id }));
      const later = corner.message({ eventId: event.id, dueAt: at + 1000 });
      const messages = [first, second, ...rest, later].flatMap((message) =>
        message === undefined ? [] : [{ ...message, expanded: true }],
      );
      const plain = corner.message({ eventId: event.id });
      await store.commitEvents({ turns: [corner.turn(event, { messages: [...messages, plain] })] });
      const waiting = (limit: number, now = at) =>
        store.countExpanded({ eventId: event.id, now, limit, lane: "marketing" });
      expect(await waiting(100)).toBe(5);
      expect(await waiting(3)).toBe(3);
      expect(await waiting(100, at + 1000)).toBe(6);
      if (first === undefined || second === undefined) throw new RangeError("too few messages");
      await corner.start(first);
      await corner.start(second);
      await corner.record(second);
      expect(await waiting(100)).toBe(4);
    });

    test("is canceled with all that is open of it, once it has come to its topics", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const event = await corner.accepted({ cancellationHash: "stop" });
      const messages = times(3, () => ({ ...corner.message({ eventId: event.id }), expanded: true }));
      const progress = { kind: "continue", cursor: 3, position: "0:u3" } as const;
      await store.commitEvents({ turns: [corner.turn(event, { messages, progress })] });
      const [started, ...queued] = messages;
      if (started === undefined) throw new RangeError("too few messages");
      await corner.start(started);
      expect(await store.cancelEvents({ environmentId, cancellationHash: "stop", now: at })).toEqual({
        events: 1,
        runs: 0,
        messages: 2,
      });
      for (const message of queued) expect(await corner.row(message)).toMatchObject({ state: "canceled" });
      expect(await corner.row(started)).toMatchObject({ state: "sending", reason: "canceled" });
      const next = corner.turn(event, { cursor: 3, messages: [corner.message({ eventId: event.id })] });
      expect(await store.commitEvents({ turns: [next] })).toEqual([{ status: "lost" }]);
    });
  });
}
