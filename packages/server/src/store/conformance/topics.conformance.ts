import { describe, expect, test } from "vitest";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function topicsConformance(open: OpenCorner): void {
  const put = (corner: Corner, key = "news") =>
    corner.store.putTopic({
      environmentId: corner.environmentId,
      key,
      id: corner.id(),
      name: null,
      description: null,
      now: corner.at,
    });
  const subscribe = ({ store, environmentId, at }: Corner, recipients: readonly string[], key = "news") =>
    store.subscribe({ environmentId, key, recipients, now: at });
  const subscribers = async ({ store, environmentId }: Corner, key = "news", after = "", limit = 100) =>
    (await store.listSubscriptions({ environmentId, key, after, limit }))?.map(({ recipient }) => recipient);
  const topic = ({ store, environmentId }: Corner, key = "news") => store.getTopic({ environmentId, key });

  describe("topics", () => {
    test("are written by key, keep their subscribers, and change their time only where they differ", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const write = (name: string | null, now: number) =>
        store.putTopic({ environmentId, key: "news", id: corner.id(), name, description: null, now });
      const first = { key: "news", name: null, description: null, subscribers: 0, createdAt: at, updatedAt: at };
      expect(await write(null, at)).toEqual(first);
      await subscribe(corner, ["u1"]);
      expect(await write(null, at + 1)).toEqual({ ...first, subscribers: 1 });
      expect(await write("News", at + 2)).toEqual({ ...first, subscribers: 1, name: "News", updatedAt: at + 2 });
      expect(await topic(corner)).toMatchObject({ name: "News" });
    });

    test("are of one environment, and listed by key in pages", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId } = corner;
      for (const key of ["b", "d", "a", "c"]) await put(corner, key);
      const keys = async (after: string, limit: number) =>
        (await store.listTopics({ environmentId, after, limit })).map(({ key }) => key);
      expect(await keys("", 10)).toEqual(["a", "b", "c", "d"]);
      expect(await keys("b", 1)).toEqual(["c"]);
      expect(await store.listTopics({ environmentId: otherEnvironmentId, after: "", limit: 10 })).toEqual([]);
      expect(await store.getTopic({ environmentId: otherEnvironmentId, key: "a" })).toBeUndefined();
      expect(await store.deleteTopic({ environmentId: otherEnvironmentId, key: "a" })).toBe(false);
    });

    test("count who is subscribed, each once, and say how many that changed", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await put(corner);
      expect(await subscribe(corner, ["u2", "u1", "u2"])).toEqual({ changed: 2, subscribers: 2 });
      expect(await subscribe(corner, ["u1", "u3"])).toEqual({ changed: 1, subscribers: 3 });
      const remove = (recipients: string[]) => store.unsubscribe({ environmentId, key: "news", recipients });
      expect(await remove(["u2", "u2", "nobody"])).toEqual({ changed: 1, subscribers: 2 });
      expect(await remove(["u2"])).toEqual({ changed: 0, subscribers: 2 });
      expect(await subscribers(corner)).toEqual(["u1", "u3"]);
      expect(await topic(corner)).toMatchObject({ subscribers: 2 });
    });

    test("keep count of calls that come at once", async () => {
      const corner = await open();
      await put(corner);
      await Promise.all(
        times(8, (call) =>
          subscribe(
            corner,
            times(50, (index) => `u${(call * 25 + index) % 100}`),
          ),
        ),
      );
      expect(await topic(corner)).toMatchObject({ subscribers: 100 });
      expect(await subscribers(corner)).toHaveLength(100);
    });

    test("that are not there take nobody in", async () => {
      const corner = await open();
      expect(await subscribe(corner, ["u1"])).toBeUndefined();
      expect(await subscribers(corner)).toBeUndefined();
      expect(
        await corner.store.unsubscribe({ environmentId: corner.environmentId, key: "news", recipients: ["u1"] }),
      ).toBeUndefined();
    });

    test("give their subscribers in pages by id, byte by byte", async () => {
      const corner = await open();
      await put(corner);
      await subscribe(corner, ["b", "a", "B", "é", "a1"]);
      expect(await subscribers(corner, "news", "", 3)).toEqual(["B", "a", "a1"]);
      expect(await subscribers(corner, "news", "a1", 3)).toEqual(["b", "é"]);
    });

    test("that are deleted are made anew without their subscribers, whose rows go in pieces", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await put(corner);
      await subscribe(
        corner,
        times(25, (index) => `u${index}`),
      );
      expect(await store.deleteTopic({ environmentId, key: "news" })).toBe(true);
      expect(await store.deleteTopic({ environmentId, key: "news" })).toBe(false);
      expect(await topic(corner)).toBeUndefined();
      await put(corner);
      await subscribe(corner, ["u1"]);
      expect(await topic(corner)).toMatchObject({ subscribers: 1 });
      const swept = [];
      for (let left = 10; left === 10; ) {
        left = await store.sweepTopics({ limit: 10 });
        swept.push(left);
      }
      expect(swept).toEqual([10, 10, 6]);
      expect(await subscribers(corner)).toEqual(["u1"]);
      const input = { environmentId, recipient: "u2", after: "", limit: 10 };
      expect(await store.listRecipientTopics(input)).toEqual([]);
    });

    test("are shown to each of their subscribers, in pages, and lose one who is deleted", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      for (const key of ["b", "a", "c"]) {
        await put(corner, key);
        await subscribe(corner, ["u1", "u2"], key);
      }
      const of = (after: string, limit: number) =>
        store.listRecipientTopics({ environmentId, recipient: "u1", after, limit });
      const [first, second] = await of("", 2);
      expect([first, second]).toMatchObject([{ key: "b", subscribedAt: at }, { key: "a" }]);
      expect(await of(second?.id ?? "", 2)).toMatchObject([{ key: "c" }]);
      await store.putRecipient({ recipient: corner.recipient() });
      await store.deleteRecipient({ environmentId, id: "u1" });
      expect(await of("", 10)).toEqual([]);
      expect(await topic(corner, "a")).toMatchObject({ subscribers: 1 });
      expect(await subscribers(corner, "a")).toEqual(["u2"]);
    });
  });
}
