import { confirmationSchema } from "@tidings/contract/consents";
import { pageOf } from "@tidings/contract/pages";
import { webhookEventSchema } from "@tidings/contract/webhook-events";
import { newWebhookSchema, webhookDeliverySchema } from "@tidings/contract/webhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { parseProfile } from "../domain/recipient-view.ts";
import { payloadOf } from "../pipeline/feedback/webhooks/payload.ts";
import type { InboundMessage } from "../ports/provider.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";
import { LinkBench } from "./opt-out/link-bench.conformance.ts";
import { messageView } from "./views.ts";

let bench: ApiBench;
let pages: LinkBench;
let webhook = "";
beforeAll(async () => {
  bench = await apiBench(() => ({
    verifyFeedback: async (_environmentId, _integration, { rawBody }) => {
      const inbound = z.array(z.custom<InboundMessage>()).parse(JSON.parse(rawBody.toString()));
      return { status: "verified", feedback: [], inbound };
    },
  }));
  pages = new LinkBench(bench);
  await put("/v1/categories/news", { class: "marketing", name: "News" });
  const made = await bench.call("/v1/webhooks", { body: { url: "https://shop.example/hooks" } });
  webhook = newWebhookSchema.parse(made.json).id;
});
afterAll(() => bench.close());

const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
const post = (path: string, body: unknown) => bench.call(path, { body });
const listed = async () => {
  const page = await bench.call(`/v1/webhooks/${webhook}/deliveries?limit=100`);
  return pageOf(webhookDeliverySchema).parse(page.json).items;
};

/** What the endpoint is told of somebody, in order: each call is taken before the next one is made. */
async function toldOf(recipient: string) {
  const events: z.infer<typeof webhookEventSchema>[] = [];
  for (let calls = 0; calls < 50; calls += 1) {
    const next = (await listed()).find((one) => one.recipient === recipient && one.dueAt !== undefined);
    if (next === undefined) return events;
    const call = await bench.store.loadWebhookCall({ id: next.id });
    if (call === undefined) throw new RangeError("it is not there to be called");
    const payload = payloadOf(call, { keyring: bench.keyring, view: messageView });
    events.push("body" in payload ? webhookEventSchema.parse(JSON.parse(payload.body)) : expect.fail(payload.gone));
    const at = { at: Date.now(), durationMs: 0, status: 200, code: "", disable: null, failingMaxMs: null };
    const after = { state: "delivered" } as const;
    await bench.store.recordWebhookAttempt({ deliveryId: next.id, number: 1, after, ...at });
  }
  throw new RangeError("there is no end to it");
}

test("every way by which somebody changes is told, in order, and nothing where all stays as it was", async () => {
  const ann = { email: "ann@example.org", phone: "+4366012345", country: "AT", personal: { name: "Ann Secret" } };
  await put("/v1/recipients/ann", ann);
  await put("/v1/recipients/ann", { ...ann, email: ["Ann@EXAMPLE.org", "ann@example.org"].slice(1) });
  await put("/v1/recipients/ann", { ...ann, locale: "de" });
  const weekly = { categories: { news: { email: "weekly" } } };
  await put("/v1/recipients/ann/preferences", weekly);
  await post("/v1/preferences/batch", { preferences: [{ recipient: "ann", ...weekly }] });
  const event = { name: "preference.updated", recipients: ["ann"], data: { all: { sms: "off" } } };
  await post("/v1/events", event);
  const consent = { purpose: "news", channel: "email", action: "requested", source: "form", ip: "192.0.2.1" };
  await post("/v1/recipients/ann/consents", consent);
  const old = { ...consent, action: "granted", at: "2020-01-01T00:00:00Z" };
  await post("/v1/recipients/ann/consents", { ...old, purpose: "other" });
  await post("/v1/recipients/ann/consents", { ...old, purpose: "other", at: "2019-01-01T00:00:00Z" });
  const asked = await post("/v1/recipients/ann/consents/confirmation", { purpose: "news", channel: "email" });
  const { url } = confirmationSchema.parse(asked.json);
  await pages.save(url.replace("https://n.example", ""), "", {});
  await pages.open(pages.link({ recipient: "ann" }).path, "POST");
  const said = { id: "m1", from: "+4366012345", text: "STOP news", at: Date.now() };
  for (const text of ["STOP news", "STOP news"]) await post("/v1/feedback/phones", [{ ...said, text }]);
  await post("/v1/feedback/phones", [{ ...said, id: "m2", text: "Please write to Ann Secret" }]);
  await bench.call("/v1/recipients/nobody", { method: "DELETE" });

  const events = await toldOf("ann");
  expect(JSON.stringify(events)).not.toMatch(/ann@example|4366012345|192\.0\.2\.1|127\.0\.0\.1/);
  const news = { purpose: "news", channel: "email" };
  const reply = { recipient: "ann", integration: "phones", channel: "sms" };
  expect(events).toMatchObject([
    {
      type: "recipient.updated",
      data: { change: "created", source: "api", changed: ["email", "phone", "country", "personal"] },
    },
    { type: "recipient.updated", data: { change: "updated", changed: ["locale"], locale: "de" } },
    {
      type: "preference.updated",
      data: { source: "api", changed: [{ scope: "category", key: "news", channel: "email", choice: "weekly" }] },
    },
    {
      type: "preference.updated",
      data: {
        source: "event",
        preferences: { all: { sms: "off" } },
        changed: [
          { scope: "all", channel: "sms", choice: "off" },
          { scope: "category", key: "news", channel: "email" },
        ],
      },
    },
    { type: "consent.updated", data: { ...news, action: "requested", source: "form" } },
    { type: "consent.updated", data: { purpose: "other", action: "granted", at: "2020-01-01T00:00:00.000Z" } },
    { type: "consent.updated", data: { ...news, action: "granted", source: "double_opt_in", confirmed: true } },
    { type: "consent.updated", data: { ...news, action: "withdrawn", source: "one_click" } },
    { type: "consent.updated", data: { purpose: "news", channel: "sms", action: "withdrawn", source: "sms_keyword" } },
    { type: "message.replied", data: { ...reply, id: "m1", text: "STOP news", keyword: "stop", category: "news" } },
    { type: "message.replied", data: { ...reply, id: "m2", text: "Please write to Ann Secret", keyword: "text" } },
  ]);
});

test("an erasure is told, and what was told of them before it is gone with their key", async () => {
  await put("/v1/recipients/ben", { email: "ben@example.org", tenant: "acme" });
  await bench.call("/v1/recipients/ben", { method: "DELETE" });
  await put("/v1/recipients/ben", { email: "new@example.org" });
  const rows = (await listed()).filter(({ recipient }) => recipient === "ben").reverse();
  const [first, erased] = rows;
  const call = await bench.store.loadWebhookCall({ id: first?.id ?? "" });
  if (call === undefined) throw new RangeError("it is not there to be called");
  const on = { keyring: bench.keyring, view: messageView };
  expect(payloadOf(call, on)).toEqual({ gone: "recipient_erased" });
  const ofErasure = { ...call, delivery: { ...call.delivery, id: erased?.id ?? "", payload: null } };
  expect(payloadOf({ ...ofErasure, recipientKey: null }, on)).toMatchObject({
    body: expect.stringContaining('"change":"erased"'),
  });
  expect(rows.map(({ type, dueAt }) => [type, dueAt !== undefined])).toEqual([
    ["recipient.updated", true],
    ["recipient.updated", false],
    ["recipient.updated", false],
  ]);
  expect(call.delivery.payload).not.toContain("acme");
  expect(
    parseProfile((await bench.store.getRecipient({ environmentId: 1, id: "ben" }))?.profile ?? "").tenant,
  ).toBeUndefined();
});
