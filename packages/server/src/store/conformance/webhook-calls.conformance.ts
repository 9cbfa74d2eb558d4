import { describe, expect, test } from "vitest";
import type { WebhookAttempt, WebhookDeliveryQuery, WebhookRow } from "../../ports/store/webhooks.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const dayMs = 86_400_000;

/** Ids that are due for one endpoint. */
async function due(corner: Corner, { id: webhookId }: WebhookRow, now = corner.at, perEndpointMax = 100) {
  const all = await corner.store.dueWebhookDeliveries({ now, limit: 10_000, perEndpointMax });
  return all.filter((one) => one.webhookId === webhookId).map(({ id }) => id);
}

const attempt = (corner: Corner, deliveryId: string, over: Partial<WebhookAttempt> = {}): WebhookAttempt => ({
  deliveryId,
  number: 1,
  at: corner.at,
  durationMs: 12,
  status: 500,
  code: "500",
  after: { state: "waiting", dueAt: corner.at + 5000 },
  disable: null,
  failingMaxMs: 5 * dayMs,
  ...over,
});
const taken = { status: 204, code: "", after: { state: "delivered" } } as const;

const list = (
  { store, environmentId }: Corner,
  { id: webhookId }: WebhookRow,
  over: Partial<WebhookDeliveryQuery> = {},
) =>
  store.listWebhookDeliveries({
    environmentId,
    webhookId,
    state: undefined,
    type: undefined,
    before: "",
    limit: 100,
    ...over,
  });

async function read({ store, environmentId }: Corner, { id }: WebhookRow): Promise<WebhookRow> {
  const row = await store.getWebhook({ environmentId, id });
  if (row === undefined) throw new RangeError("there is no such webhook");
  return row;
}

/** An endpoint with a delivery that is due. */
async function waiting(open: OpenCorner) {
  const corner = await open();
  const webhook = await corner.webhook();
  const message = await corner.dead();
  const [id] = await due(corner, webhook);
  if (id === undefined) throw new RangeError("nothing is due");
  const record = (over: Partial<WebhookAttempt> = {}) => corner.store.recordWebhookAttempt(attempt(corner, id, over));
  return { corner, webhook, message, id, record };
}

export function webhookCallsConformance(open: OpenCorner): void {
  describe("a delivery to an endpoint", () => {
    test("is loaded with its endpoint and its message, until it is settled", async () => {
      const { corner, webhook, message, id, record } = await waiting(open);
      expect(await corner.store.loadWebhookCall({ id })).toMatchObject({
        delivery: { id, webhookId: webhook.id, messageId: message.id, type: "message.dead", attempts: 0, tries: 0 },
        webhook: { id: webhook.id, sealed: "sealed" },
        message: { id: message.id, state: "dead" },
      });
      expect(await record(taken)).toEqual({ status: "recorded", disabled: null });
      expect(await corner.store.loadWebhookCall({ id })).toBeUndefined();
      expect(await due(corner, webhook, corner.at + dayMs)).toEqual([]);
    });

    test("is put off, or given up, and its attempts are kept in order", async () => {
      const { corner, webhook, id, record } = await waiting(open);
      await record();
      expect(await due(corner, webhook, corner.at + 4999)).toEqual([]);
      expect(await due(corner, webhook, corner.at + 5000)).toEqual([id]);
      await record({ number: 2, at: corner.at + 5000, status: null, code: "timeout", after: { state: "dead" } });
      expect(await due(corner, webhook, corner.at + dayMs)).toEqual([]);
      expect((await list(corner, webhook)).items).toMatchObject([
        {
          id,
          state: "dead",
          attempts: 2,
          tries: 2,
          settledAt: corner.at + 5012,
          log: [
            { number: 1, at: corner.at, durationMs: 12, status: 500, code: "500" },
            { number: 2, status: null, code: "timeout" },
          ],
        },
      ]);
    });

    test("is moved by the next attempt alone", async () => {
      const { corner, webhook, record } = await waiting(open);
      await record();
      expect(await record(taken)).toEqual({ status: "fenced", disabled: null });
      expect(await record({ ...taken, number: 3 })).toEqual({ status: "fenced", disabled: null });
      expect((await list(corner, webhook)).items).toMatchObject([{ state: "waiting", attempts: 1 }]);
    });

    test("comes in turns with those of other endpoints, at most so many of each", async () => {
      const corner = await open();
      const many = await corner.webhook();
      for (const _ of times(8, () => 0)) await corner.dead();
      const few = await corner.webhook({ types: ["message.sent"] });
      await corner.record(await corner.sending(), { after: { state: "sent" } });
      expect(await due(corner, many, corner.at + dayMs, 3)).toHaveLength(3);
      expect(await due(corner, few, corner.at + dayMs, 3)).toHaveLength(1);
    });

    test("waits while its endpoint is disabled, and goes on when it is enabled", async () => {
      const { corner, webhook, id } = await waiting(open);
      const { version, ...write } = webhook;
      const off = await corner.store.putWebhook({ ...write, enabled: false, version, now: corner.at });
      expect(await due(corner, webhook)).toEqual([]);
      expect(await corner.store.loadWebhookCall({ id })).toBeUndefined();
      expect(await corner.store.putWebhook({ ...write, enabled: true, version, now: corner.at })).toBeUndefined();
      await corner.store.putWebhook({ ...write, enabled: true, version: off?.version ?? 0, now: corner.at });
      expect(await due(corner, webhook)).toEqual([id]);
    });

    test("is sent again under its id, its schedule anew, also where it was delivered", async () => {
      const { corner, webhook, id, record } = await waiting(open);
      await record(taken);
      const own = { environmentId: corner.environmentId, webhookId: webhook.id, id, now: corner.at + 7 };
      expect(await corner.store.resendWebhookDelivery(own)).toMatchObject({
        id,
        state: "waiting",
        dueAt: corner.at + 7,
        settledAt: null,
        attempts: 1,
        tries: 0,
        log: [{ number: 1, status: 204 }],
      });
      expect(await due(corner, webhook, corner.at + 7)).toEqual([id]);
      const other = { ...own, environmentId: corner.otherEnvironmentId };
      expect(await corner.store.resendWebhookDelivery(other)).toBeUndefined();
      expect(await corner.store.resendWebhookDelivery({ ...own, webhookId: corner.id() })).toBeUndefined();
    });

    test("can be an example, of no message", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const example = { webhookId: webhook.id, id: corner.id(), type: "message.sent" as const, now: corner.at };
      const { environmentId, otherEnvironmentId } = corner;
      expect(await corner.store.addWebhookExample({ ...example, environmentId })).toMatchObject({ messageId: "" });
      expect(await corner.store.loadWebhookCall({ id: example.id })).toMatchObject({ message: null });
      const foreign = { ...example, id: corner.id(), environmentId: otherEnvironmentId };
      expect(await corner.store.addWebhookExample(foreign)).toBeUndefined();
    });

    test("is listed newest first, by state and type, in pages without a gap, in its environment alone", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      for (const index of times(9, (each) => each)) await corner.dead({}, corner.at + (index % 3));
      const [first] = await due(corner, webhook, corner.at + 9);
      await corner.store.recordWebhookAttempt(attempt(corner, first ?? "", taken));
      const ids: string[] = [];
      for (let before: string | undefined = ""; before !== undefined; ) {
        const page = await list(corner, webhook, { before, limit: 2 });
        ids.push(...page.items.map(({ id }) => id));
        before = page.next;
      }
      const all = (await list(corner, webhook)).items;
      expect(ids).toEqual(all.map(({ id }) => id));
      expect(all).toHaveLength(9);
      expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => b - a));
      expect((await list(corner, webhook, { state: "delivered" })).items.map(({ id }) => id)).toEqual([first]);
      expect((await list(corner, webhook, { type: "message.sent" })).items).toEqual([]);
      expect((await list(corner, webhook, { environmentId: corner.otherEnvironmentId })).items).toEqual([]);
    });

    test("is purged with its attempts once what it tells of is old, a bounded number at a time", async () => {
      const { corner, webhook, record } = await waiting(open);
      await record();
      await corner.dead({}, corner.at + 1);
      await corner.dead({}, corner.at + 2);
      const { store, at } = corner;
      const purge = (before: number, limit: number) => store.purgeWebhookDeliveries({ before, limit });
      while ((await purge(at, 1000)) > 0);
      expect(await purge(at + 2, 1)).toBe(1);
      expect((await list(corner, webhook)).items.map((item) => item.at)).toEqual([at + 2, at + 1]);
      expect(await purge(at + 2, 10)).toBe(1);
      expect((await list(corner, webhook)).items.map((item) => item.at)).toEqual([at + 2]);
    });
  });

  describe("an endpoint", () => {
    test("is disabled at once where it says that it is gone", async () => {
      const { corner, webhook, record } = await waiting(open);
      const gone = { status: 410, code: "410", after: { state: "dead" }, disable: "gone" } as const;
      expect(await record(gone)).toEqual({ status: "recorded", disabled: "gone" });
      expect(await read(corner, webhook)).toMatchObject({
        enabled: false,
        disabledAt: corner.at,
        disabledReason: "gone",
      });
      await corner.dead();
      expect((await list(corner, webhook)).items).toHaveLength(1);
    });

    test("is disabled after so long without a success, and a success counts anew", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      for (const _ of times(4, () => 0)) await corner.dead();
      const [a = "", b = "", c = "", d = ""] = await due(corner, webhook);
      const record = (id: string, at: number, over: Partial<WebhookAttempt> = {}) =>
        corner.store.recordWebhookAttempt(attempt(corner, id, { at, ...over }));
      expect(await record(a, corner.at)).toMatchObject({ disabled: null });
      expect(await read(corner, webhook)).toMatchObject({ failingSince: corner.at, enabled: true });
      await record(b, corner.at + 1, taken);
      expect(await read(corner, webhook)).toMatchObject({ failingSince: null });
      await record(c, corner.at + dayMs);
      expect(await record(c, corner.at + 6 * dayMs - 1, { number: 2 })).toMatchObject({ disabled: null });
      expect(await record(d, corner.at + 6 * dayMs)).toMatchObject({ disabled: "failing" });
      const row = await read(corner, webhook);
      expect(row).toMatchObject({ enabled: false, disabledReason: "failing", failingSince: corner.at + dayMs });
      const enabled = await corner.store.putWebhook({ ...row, enabled: true, now: corner.at + 7 * dayMs });
      expect(enabled).toMatchObject({ enabled: true, disabledAt: null, disabledReason: null, failingSince: null });
      expect((await due(corner, webhook, corner.at + 7 * dayMs)).length).toBeGreaterThan(0);
    });

    test("is not judged by an attempt that says nothing about it", async () => {
      const { corner, webhook, record } = await waiting(open);
      await record({ status: null, code: "message_gone", after: { state: "dead" }, failingMaxMs: null });
      expect(await read(corner, webhook)).toMatchObject({ failingSince: null, enabled: true });
    });

    test("is written by compare-and-set, listed, and at most so many of an environment", async () => {
      const corner = await open();
      const { environmentId, store } = corner;
      const webhook = await corner.webhook({ types: ["message.sent", "message.dead"], description: "d" });
      const { version, ...write } = webhook;
      const puts = times(2, (index) =>
        store.putWebhook({ ...write, tenant: `t${index}`, version, now: corner.at + 1 }),
      );
      expect((await Promise.all(puts)).filter((row) => row !== undefined)).toHaveLength(1);
      const [second] = [await corner.webhook()];
      const full = { ...write, id: corner.id(), now: corner.at, endpointsMax: 2 };
      expect(await store.createWebhook(full)).toBeUndefined();
      const page = await store.listWebhooks({ environmentId, after: "", limit: 10 });
      expect(new Set(page.map(({ id }) => id))).toEqual(new Set([webhook.id, second?.id]));
      const [first] = page;
      const next = await store.listWebhooks({ environmentId, after: first?.id ?? "", limit: 10 });
      expect(next.map(({ id }) => id)).toEqual(page.slice(1).map(({ id }) => id));
    });

    test("of another environment is neither seen, written nor deleted", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const { version, ...write } = webhook;
      const foreign = { environmentId: corner.otherEnvironmentId, id: webhook.id };
      expect(await corner.store.getWebhook(foreign)).toBeUndefined();
      expect(await corner.store.putWebhook({ ...write, ...foreign, version, now: corner.at })).toBeUndefined();
      expect(await corner.store.deleteWebhook(foreign)).toBe(false);
      expect(await corner.store.deleteWebhook({ ...foreign, environmentId: corner.environmentId })).toBe(true);
    });
  });
}
