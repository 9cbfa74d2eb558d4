import type { WebhookType } from "@tidings/contract/webhooks";
import { describe, expect, test } from "vitest";
import type { FeedbackKind } from "../../ports/provider.ts";
import type { AfterAttempt } from "../../ports/store/deliver.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { WebhookRow } from "../../ports/store/webhooks.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

/** What an endpoint is to be told, oldest first. */
async function told({ store, environmentId }: Corner, webhook: WebhookRow, messageId?: string): Promise<WebhookType[]> {
  const { items } = await store.listWebhookDeliveries({
    environmentId,
    webhookId: webhook.id,
    state: undefined,
    type: undefined,
    before: "",
    limit: 100,
  });
  return items.filter((item) => messageId === undefined || item.messageId === messageId).map(({ type }) => type);
}

const report = (corner: Corner, { id: messageId }: NewMessage, kind: FeedbackKind, at = corner.at) =>
  corner.store.recordFeedback({
    reports: [{ environmentId: corner.environmentId, messageId, kind, at, code: "" }],
    now: corner.at,
  });

export function webhookOutboxConformance(open: OpenCorner): void {
  describe("an endpoint is to be told", () => {
    test.each<[AfterAttempt, WebhookType]>([
      [{ state: "sent" }, "message.sent"],
      [{ state: "failed", reason: "r" }, "message.failed"],
      [{ state: "unknown", reason: "r" }, "message.unknown"],
      [{ state: "expired", reason: "r" }, "message.expired"],
      [{ state: "dead", reason: "r", detail: "d" }, "message.dead"],
    ])("of an attempt that ends in %o", async (after, type) => {
      const corner = await open();
      const webhook = await corner.webhook();
      const message = await corner.sending();
      expect(await told(corner, webhook)).toEqual([]);
      await corner.record(message, { after, outcome: after.state === "sent" ? "accepted" : "rejected" });
      expect(await told(corner, webhook, message.id)).toEqual([type]);
      await corner.record(message, { after, outcome: "rejected" });
      expect(await told(corner, webhook, message.id)).toEqual([type]);
    });

    test("of no attempt that comes to be tried again", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const message = await corner.sending();
      await corner.record(message, { after: { state: "queued", dueAt: corner.at + 1 }, outcome: "rejected" });
      expect(await told(corner, webhook)).toEqual([]);
    });

    test("of messages that end without an attempt: settled, held back at their start, or at once", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const dead = await corner.dead();
      const late = await corner.queued({ expiresAt: corner.at });
      await corner.start(late);
      const failed = await corner.queued({ state: "failed", dueAt: null });
      expect(await told(corner, webhook, dead.id)).toEqual(["message.dead"]);
      expect(await told(corner, webhook, late.id)).toEqual(["message.expired"]);
      expect(await told(corner, webhook, failed.id)).toEqual(["message.failed"]);
    });

    test("of what is suppressed, canceled, or expired in the dead-letter queue", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const bounced = await corner.sending({ addressHash: "same" });
      await report(corner, bounced, "bounced");
      const suppressed = await corner.queued({ addressHash: "same" });
      await corner.start(suppressed);
      expect(await told(corner, webhook, suppressed.id)).toEqual(["message.suppressed"]);
      const event = await corner.accepted({ cancellationHash: `c${corner.at}` });
      const canceled = corner.message({ eventId: event.id });
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [canceled] })] });
      const { environmentId, at: now } = corner;
      await corner.store.cancelEvents({ environmentId, cancellationHash: `c${corner.at}`, now });
      expect(await told(corner, webhook, canceled.id)).toEqual(["message.canceled"]);
      const letter = await corner.dead({ expiresAt: corner.at + 5 });
      await corner.store.replayDeadLetters(replayOf(corner, [letter.id], { now: corner.at + 5 }));
      expect((await told(corner, webhook, letter.id)).sort()).toEqual(["message.dead", "message.expired"]);
    });

    test("of what providers report, once, in whatever order and however often it comes", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const message = await corner.sending();
      await corner.record(message, { after: { state: "sent" } });
      const kinds: FeedbackKind[] = ["opened", "delivered", "clicked", "read", "complained", "bounced"];
      for (const kind of [...kinds, ...kinds]) await report(corner, message, kind, corner.at + 9);
      await report(corner, message, "opened", corner.at - 9);
      expect(new Set(await told(corner, webhook, message.id))).toEqual(
        new Set(["message.sent", ...kinds.map((kind) => `message.${kind}`)]),
      );
      expect(await told(corner, webhook, message.id)).toHaveLength(kinds.length + 1);
    });

    test("of its own environment, types and tenant, and only while it is enabled", async () => {
      const corner = await open();
      const all = await corner.webhook();
      const picky = await corner.webhook({ types: ["message.failed", "message.dead"] });
      const acme = await corner.webhook({ tenant: "acme" });
      const off = await corner.webhook({ enabled: false });
      const other = { environmentId: corner.otherEnvironmentId };
      const foreign = await corner.webhook(other);
      await corner.dead();
      await corner.record(await corner.sending({ tenant: "acme" }), { after: { state: "sent" } });
      expect((await told(corner, all)).sort()).toEqual(["message.dead", "message.sent"]);
      expect(await told(corner, picky)).toEqual(["message.dead"]);
      expect(await told(corner, acme)).toEqual(["message.sent"]);
      expect([await told(corner, off), await told(corner, foreign)]).toEqual([[], []]);
      const { version, ...write } = off;
      await corner.store.putWebhook({ ...write, enabled: true, version, now: corner.at });
      await corner.dead();
      expect(await told(corner, off)).toEqual(["message.dead"]);
      await corner.store.deleteWebhook({ environmentId: corner.environmentId, id: off.id });
      await corner.dead();
      expect(await told(corner, off)).toEqual(["message.dead"]);
    });

    test("under one id per message, type and endpoint", async () => {
      const corner = await open();
      const [one, two] = [await corner.webhook(), await corner.webhook()];
      await corner.dead();
      const due = await corner.store.dueWebhookDeliveries({ now: corner.at, limit: 100, perEndpointMax: 10 });
      const own = due.filter(({ webhookId }) => webhookId === one.id || webhookId === two.id);
      expect(new Set(own.map(({ id }) => id)).size).toBe(2);
    });
  });
}
