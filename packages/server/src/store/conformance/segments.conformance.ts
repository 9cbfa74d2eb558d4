import { describe, expect, test } from "vitest";
import { type OpenCorner, times } from "./corner.conformance.ts";

export function segmentsConformance(open: OpenCorner): void {
  describe("the recipients of an environment", () => {
    test("are read by id, a page at a time, and told apart from those of topics", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      for (const id of ["u2", "u1", "u3"]) await store.putRecipient({ recipient: corner.recipient({ id }) });
      await store.putRecipient({
        recipient: corner.recipient({ id: "u0", environmentId: corner.otherEnvironmentId }),
      });
      await store.putTopic({ environmentId, key: "news", id: corner.id(), name: null, description: null, now: at });
      await store.subscribe({ environmentId, key: "news", recipients: ["u2"], now: at });
      const read = (after: string, before: string[] = []) =>
        store.readRecipients({ environmentId, after, limit: 2, before, lane: "marketing" });
      expect((await read("")).map(({ id, record, isRepeated }) => [id, record?.version, isRepeated])).toEqual([
        ["u1", 1, false],
        ["u2", 1, false],
      ]);
      expect((await read("u1", ["gone", "news"])).map(({ id, isRepeated }) => [id, isRepeated])).toEqual([
        ["u2", true],
        ["u3", false],
      ]);
      expect(await read("u3")).toEqual([]);
    });
  });

  describe("the recent messages of recipients", () => {
    test("are the newest of each since a moment, with what became of them, and of no other environment", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const [old, , sent, opened] = await corner.queuedAll(
        times(4, (index) => ({
          recipient: "ann",
          category: `c${index}`,
          createdAt: at + index * 1000,
        })),
      );
      await corner.queued({ recipient: "bob", createdAt: at });
      await corner.queued({ recipient: "ann", environmentId: corner.otherEnvironmentId });
      if (old === undefined || sent === undefined || opened === undefined) throw new RangeError("too few messages");
      for (const message of [sent, opened]) {
        await corner.start(message);
        await corner.record(message);
      }
      await store.recordFeedback({ reports: [corner.report(opened, { kind: "opened" })], now: at });
      const recent = async (since: number, limit: number) => {
        const recipients = ["nobody", "ann", "bob"];
        const lane = "marketing";
        return await store.memberMessages({ environmentId, recipients, since, limit, lane });
      };
      const [nobody, ann, bob] = await recent(at + 1000, 2);
      expect([nobody, bob?.length]).toEqual([[], 0]);
      expect(ann).toMatchObject([
        {
          category: "c3",
          channel: "email",
          workflow: opened.origin.workflow,
          isSent: true,
          isOpened: true,
          isRead: false,
        },
        { category: "c2", isSent: true, isOpened: false, isClicked: false },
      ]);
      expect((await recent(at, 10))[1]?.map(({ category }) => category)).toEqual(["c3", "c2", "c1", "c0"]);
      expect((await recent(at + 3001, 10))[1]).toEqual([]);
    });
  });
}
