import { describe, expect, test } from "vitest";
import { noChoices, writtenChoices } from "../../domain/policy/choices.ts";
import type { ChoicesWrite } from "../../ports/store/choices.ts";
import type { ToldWrite } from "../../ports/store/orchestrate.ts";
import type { WebhookRow } from "../../ports/store/webhooks.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";
import { happened } from "./webhook-lines.conformance.ts";

/** What the endpoint is to be told, oldest first. */
async function told({ store, environmentId }: Corner, { id: webhookId }: WebhookRow): Promise<(string | null)[]> {
  const all = { state: undefined, type: undefined, before: "", limit: 100 };
  const { items } = await store.listWebhookDeliveries({ environmentId, webhookId, ...all });
  return items.map(({ payload }) => payload).reverse();
}

function choicesOf({ environmentId }: Corner, version: number, over: Partial<ChoicesWrite> = {}): ChoicesWrite {
  const choices = writtenChoices(noChoices);
  const of = { environmentId, id: "u1", version, wrappedKey: "key" };
  return { ...of, choices, optOuts: [], consents: [], ...over };
}

function news(corner: Corner, payload: string, unchangedFrom: number | null = null): ToldWrite {
  return { webhook: happened(corner, payload, { type: "recipient.updated" }), unchangedFrom };
}

export function recipientWebhooksConformance(open: OpenCorner): void {
  describe("endpoints are told of recipients", () => {
    test("with each call that changes one, in its transaction, and with none that changes nothing", async () => {
      const corner = await open();
      const { store, at } = corner;
      const webhook = await corner.webhook();
      await store.putRecipient({ recipient: corner.recipient({ told: news(corner, "put") }) });
      const older = corner.recipient({ updatedAt: at - 1, told: news(corner, "older") });
      await store.putRecipient({ recipient: older });
      const same = (version: number, payload: string) =>
        store.putRecipient({ recipient: corner.recipient({ told: news(corner, payload, version) }) });
      await same(1, "the same");
      await same(1, "the same as before somebody else wrote");
      const [written, lost] = [happened(corner, "chosen"), happened(corner, "lost")];
      await store.putChoices({ writes: [choicesOf(corner, 3, { webhooks: [written] })] });
      await store.putChoices({ writes: [choicesOf(corner, 3, { webhooks: [lost] })] });
      const idempotency = { keyHash: "told key", bodyHash: "body", expiresAt: at + 86_400_000 };
      const event = corner.event({ idempotency });
      for (const payload of ["by an event", "twice"]) {
        const choices = choicesOf(corner, 4, { webhooks: [happened(corner, payload)] });
        await store.acceptChange({ event: { ...event, id: corner.id() }, choices });
      }
      const inline = await corner.accepted();
      const turn = corner.turn(inline, { recipients: [corner.recipient({ told: news(corner, "inline") })] });
      await store.commitEvents({ turns: [turn] });
      await store.commitEvents({ turns: [turn] });
      const reply = corner.event({ webhooks: [happened(corner, "reply", { type: "message.replied" })] });
      await store.acceptEvents({ events: [reply] });
      const texts = ["put", "the same as before somebody else wrote", "chosen", "by an event", "inline", "reply"];
      expect((await told(corner, webhook)).sort()).toEqual(texts.sort());
    });

    test("when one is erased, once, and as of their tenant", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const acme = await corner.webhook({ tenant: "acme" });
      const other = await corner.webhook({ tenant: "other" });
      await store.putRecipient({ recipient: corner.recipient({ profile: '{"tenant":"acme","attributes":{}}' }) });
      for (const id of [corner.id(), corner.id()])
        await store.deleteRecipient({ environmentId, id: "u1", told: { id, at } });
      expect([await told(corner, acme), await told(corner, other)]).toEqual([[null], []]);
    });

    test("where they want the type and the tenant, and are enabled and of the environment", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId } = corner;
      const type = "consent.updated" as const;
      const hooked = () =>
        store.hookedEnvironments({ environmentIds: [environmentId, otherEnvironmentId], type, lane: "transactional" });
      const foreign = await corner.webhook({ environmentId: otherEnvironmentId });
      const others = await corner.webhook({ types: ["preference.updated"] });
      const off = await corner.webhook({ enabled: false });
      expect(await hooked()).toEqual([otherEnvironmentId]);
      const own = await corner.webhook({ types: [type], tenant: "acme" });
      expect(await hooked()).toEqual([environmentId, otherEnvironmentId]);
      const webhooks = ["acme", "", "else"].map((tenant) => happened(corner, `of ${tenant}`, { type, tenant }));
      await store.acceptEvents({ events: [corner.event({ webhooks })] });
      expect(await told(corner, own)).toEqual(["of acme"]);
      for (const none of [foreign, others, off]) expect(await told(corner, none)).toEqual([]);
    });
  });
}
