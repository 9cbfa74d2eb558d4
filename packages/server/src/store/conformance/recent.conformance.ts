import { describe, expect, test } from "vitest";
import { deriveId } from "../../lib/ids.ts";
import { type OpenCorner, times } from "./corner.conformance.ts";

export function recentConformance(open: OpenCorner): void {
  describe("recent messages", () => {
    test("are each recipient's own, newest first, no older and no more than asked for", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId, at } = corner;
      const make = (recipient: string, count: number, over: object = {}) =>
        times(count, (index) => ({
          id: deriveId(at + index * 1000, recipient, String(environmentId), JSON.stringify(over)),
          recipient,
          createdAt: at + index * 1000,
          recalled: true,
          ...over,
        }));
      await corner.queuedAll(make("u1", 6));
      await corner.queuedAll(make("u2", 2));
      await corner.queuedAll(make("u1", 1, { environmentId: otherEnvironmentId }));
      const recipients = ["u2", "u1", "nobody"].map((id) => ({ environmentId, id }));
      const lane = "transactional" as const;
      const found = await store.recentMessages({ recipients, since: at + 2000, perRecipientMax: 3, lane });
      expect(found.map(({ messages }) => messages.map((message) => message.at - at))).toEqual([
        [],
        [5000, 4000, 3000],
        [],
      ]);
      expect(found.map(({ isWhole }) => isWhole)).toEqual([true, false, true]);
      const all = await store.recentMessages({ recipients, since: at, perRecipientMax: 10, lane });
      expect(all.map(({ messages, isWhole }) => [messages.length, isWhole])).toEqual([
        [2, true],
        [6, true],
        [0, true],
      ]);
      expect(await store.recentMessages({ recipients: [], since: at, perRecipientMax: 10, lane })).toEqual([]);
    });

    test("tell what became of them", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const message = await corner.sending({ recipient: "u1", recalled: true });
      await corner.record(message);
      const [found] = await store.recentMessages({
        recipients: [{ environmentId, id: "u1" }],
        since: at - 1000,
        perRecipientMax: 10,
        lane: "transactional",
      });
      const { workflow, category, channel } = message.origin;
      expect(found?.messages).toMatchObject([{ workflow, category, channel, state: "sent", openedAt: null }]);
      expect(found?.messages[0]?.sentAt).toBeGreaterThan(0);
    });
  });
}
