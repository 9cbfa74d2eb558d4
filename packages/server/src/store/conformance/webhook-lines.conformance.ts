import { describe, expect, test } from "vitest";
import type { RecipientWebhook } from "../../ports/store/recipient-webhooks.ts";
import type { WebhookAttempt, WebhookRow } from "../../ports/store/webhooks.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

/** What happened to a recipient; `payload` says what, as nothing opens it here. */
export function happened(corner: Corner, payload: string, over: Partial<RecipientWebhook> = {}): RecipientWebhook {
  const { environmentId, at } = corner;
  const type = "preference.updated" as const;
  return { id: corner.id(), environmentId, recipient: "u1", tenant: "", type, at, payload, ...over };
}

/** Tells of what happened, in one transaction. */
async function tell(corner: Corner, ...webhooks: readonly RecipientWebhook[]): Promise<void> {
  await corner.store.acceptEvents({ events: [corner.event({ webhooks })] });
}

const all = { state: undefined, type: undefined, before: "", limit: 100 };
const later = 86_400_000;

/** An endpoint, and what it is told by the payload. */
async function opened(open: OpenCorner) {
  const corner = await open();
  const { store, environmentId, at } = corner;
  const webhook: WebhookRow = await corner.webhook();
  const log = async () => (await store.listWebhookDeliveries({ environmentId, webhookId: webhook.id, ...all })).items;
  const idOf = async (payload: string): Promise<string> => {
    const row = (await log()).find((one) => one.payload === payload);
    if (row === undefined) throw new RangeError(`nothing tells of ${payload}`);
    return row.id;
  };
  const due = async (now = at): Promise<(string | null)[]> => {
    const found = await store.dueWebhookDeliveries({ now, limit: 1000, perEndpointMax: 1000 });
    const own = new Set(found.filter(({ webhookId }) => webhookId === webhook.id).map(({ id }) => id));
    return (await log()).flatMap(({ id, payload }) => (own.has(id) ? [payload] : [])).sort();
  };
  const record = async (payload: string, after: WebhookAttempt["after"], number = 1): Promise<string> => {
    const attempt = { number, at, durationMs: 1, status: 200, code: "", after, disable: null, failingMaxMs: null };
    return (await store.recordWebhookAttempt({ deliveryId: await idOf(payload), ...attempt })).status;
  };
  const resend = async (payload: string) =>
    store.resendWebhookDelivery({ environmentId, webhookId: webhook.id, id: await idOf(payload), now: at });
  return { corner, webhook, log, due, record, resend };
}

const delivered = { state: "delivered" } as const;
const dead = { state: "dead" } as const;

export function webhookLinesConformance(open: OpenCorner): void {
  describe("what an endpoint is told of a recipient", () => {
    test("is due once all before it is delivered or dead, and delays nobody else's", async () => {
      const { corner, due, record, log } = await opened(open);
      await tell(corner, happened(corner, "a"), happened(corner, "b"), happened(corner, "other", { recipient: "u2" }));
      await tell(corner, happened(corner, "c"));
      await corner.dead();
      expect(await due()).toEqual(["a", "other", null].sort());
      expect((await log()).find(({ payload }) => payload === "b")).toMatchObject({ state: "waiting", dueAt: null });
      await record("a", { state: "waiting", dueAt: corner.at + 5000 });
      expect(await due(corner.at + 4999)).not.toContain("a");
      expect(await due(corner.at + later)).toEqual(["a", "other", null].sort());
      await record("a", delivered, 2);
      expect(await due()).toEqual(["b", "other", null].sort());
      await record("b", dead);
      expect(await due()).toEqual(["c", "other", null].sort());
    });

    test("is called for with the recipient's key while there is one, and not while it waits behind another", async () => {
      const { corner, webhook, log } = await opened(open);
      await corner.store.putRecipient({ recipient: corner.recipient() });
      await tell(corner, happened(corner, "a"), happened(corner, "b"));
      const idOf = async (payload: string) => (await log()).find((one) => one.payload === payload)?.id ?? "";
      const [first, behind] = [await idOf("a"), await idOf("b")];
      const call = { webhook: { id: webhook.id }, message: null, recipientKey: "key", trace: null };
      const delivery = { recipient: "u1", messageId: "", payload: "a", type: "preference.updated" };
      expect(await corner.store.loadWebhookCall({ id: first })).toMatchObject({ ...call, delivery });
      expect(await corner.store.loadWebhookCall({ id: behind })).toBeUndefined();
      await corner.store.deleteRecipient({ environmentId: corner.environmentId, id: "u1" });
      expect(await corner.store.loadWebhookCall({ id: first })).toMatchObject({ recipientKey: null });
    });

    test("is told again outside of the line, which neither waits for it nor moves for it", async () => {
      const { corner, due, record, resend } = await opened(open);
      await tell(corner, ...["a", "b", "c"].map((one) => happened(corner, one)));
      await record("a", dead);
      await record("b", { state: "waiting", dueAt: corner.at + 5000 });
      await resend("a");
      expect(await due()).toEqual(["a"]);
      await record("a", delivered, 2);
      expect(await due(corner.at + later)).toEqual(["b"]);
      await resend("c");
      expect(await due(corner.at + later)).toEqual(["b"]);
      await resend("b");
      expect(await due()).toEqual(["b"]);
      await record("b", delivered, 2);
      await record("c", delivered);
      await resend("a");
      await tell(corner, happened(corner, "d"));
      expect(await due()).toEqual(["a", "d"]);
    });

    test("is no longer waited for once it was too old to be kept", async () => {
      const { corner, due } = await opened(open);
      await tell(corner, happened(corner, "old", { at: corner.at - 5000 }));
      await tell(corner, happened(corner, "new"));
      expect(await due()).toEqual(["old"]);
      await corner.store.purgeWebhookDeliveries({ before: corner.at, limit: 1000 });
      expect(await due()).toEqual(["new"]);
    });

    test("comes one by one and is forgotten nowhere, however many tell and are told at once", async () => {
      const { corner, log } = await opened(open);
      const { store, at } = corner;
      const many = 40;
      const own = new Set<string>();
      let most = 0;
      const work = async (): Promise<void> => {
        for (let look = 0; look < 400 && own.size < many; look += 1) {
          const found = await store.dueWebhookDeliveries({ now: at, limit: 1000, perEndpointMax: 1000 });
          const calls = await Promise.all(found.map(({ id }) => store.loadWebhookCall({ id })));
          const mine = calls.filter((call) => call?.delivery.environmentId === corner.environmentId);
          most = Math.max(most, mine.length);
          for (const call of mine) {
            const { id = "" } = call?.delivery ?? {};
            const attempt = { number: 1, at, durationMs: 0, status: 200, code: "", after: delivered };
            const { status } = await store.recordWebhookAttempt({
              deliveryId: id,
              ...attempt,
              disable: null,
              failingMaxMs: null,
            });
            if (status === "recorded") own.add(id);
          }
        }
      };
      const telling = times(many, (index) => tell(corner, happened(corner, `${index}`)));
      await Promise.all([...telling, work(), work()]);
      expect([own.size, most]).toEqual([many, 1]);
      expect((await log()).every(({ state }) => state === "delivered")).toBe(true);
    });
  });
}
