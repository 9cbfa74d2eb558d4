import { channels } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import type { OpenCorner } from "./corner.conformance.ts";

export function settleConformance(open: OpenCorner): void {
  describe("settling a message without an attempt", () => {
    const settle = (
      corner: Awaited<ReturnType<OpenCorner>>,
      messageId: string,
      after: Parameters<typeof corner.store.settleMessages>[0]["settlements"][number]["after"],
      attempts = 0,
    ) =>
      corner.store.settleMessages({
        settlements: [{ environmentId: corner.environmentId, messageId, attempts, at: corner.at, after }],
      });

    test("puts it off, or ends it", async () => {
      const corner = await open();
      const messages = await corner.queuedAll(channels.map((channel) => ({ channel })));
      const afters = [
        { state: "queued", dueAt: corner.at + 9 },
        { state: "canceled", reason: "address_removed" },
        { state: "expired", reason: "e" },
        { state: "failed", reason: "f" },
        { state: "unknown", reason: "u" },
        { state: "dead", reason: "r", detail: "d" },
      ] as const;
      for (const [index, after] of afters.entries()) {
        const message = messages[index];
        if (message === undefined) throw new RangeError("too few messages");
        expect(await settle(corner, message.id, after)).toEqual(["recorded"]);
        expect(await corner.row(message)).toMatchObject({
          state: after.state,
          dueAt: after.state === "queued" ? after.dueAt : null,
          reason: after.state === "queued" ? "" : after.reason,
          attempts: [],
        });
      }
      const letters = await corner.store.listDeadLetters({
        environmentId: corner.environmentId,
        before: "",
        limit: 10,
      });
      expect(letters).toMatchObject([{ reason: "r", detail: "d", kind: "message", message: { state: "dead" } }]);
    });

    test("tells why it waits where that is said, until something else is said", async () => {
      const corner = await open();
      const { id } = await corner.queued();
      const dueAt = corner.at + 9;
      await settle(corner, id, { state: "queued", dueAt, reason: "budget_reached" });
      expect(await corner.row({ id })).toMatchObject({ state: "queued", dueAt, reason: "budget_reached" });
      await settle(corner, id, { state: "queued", dueAt: dueAt + 1 });
      expect(await corner.row({ id })).toMatchObject({ dueAt: dueAt + 1, reason: "budget_reached" });
    });

    test("is fenced where an attempt began meanwhile, or it has ended", async () => {
      const corner = await open();
      const sending = await corner.sending();
      expect(await settle(corner, sending.id, { state: "failed", reason: "f" })).toEqual(["fenced"]);
      expect(await settle(corner, sending.id, { state: "failed", reason: "f" }, 1)).toEqual(["fenced"]);
      const sent = await corner.sending();
      await corner.record(sent);
      expect(await settle(corner, sent.id, { state: "queued", dueAt: corner.at }, 1)).toEqual(["fenced"]);
      expect((await corner.row(sent)).state).toBe("sent");
      expect(await settle(corner, corner.id(), { state: "failed", reason: "f" })).toEqual(["fenced"]);
    });
  });
}
