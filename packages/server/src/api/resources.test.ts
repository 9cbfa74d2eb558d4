import { batchResultSchema } from "@tidings/contract/batch";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { recipientSchema } from "@tidings/contract/recipients";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const faultPaths = (answer: Answer): string[] =>
  z
    .object({ errors: z.array(z.object({ path: z.string() })) })
    .parse(answer.json)
    .errors.map((fault) => fault.path);
const idOf = (answer: Answer): string => acceptedSchema.parse(answer.json).id;
const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });

/** A category and a template of these keys, in force. */
async function configured(key: string): Promise<void> {
  expect((await put(`/v1/categories/${key}`, { class: "critical" })).status).toBe(200);
  expect((await put(`/v1/templates/${key}`, { email: { subject: "s", text: "t" } })).status).toBe(200);
  await bench.cache.refresh();
}

test("an event reads as it was sent, and its personal data lies sealed", async () => {
  const body = {
    name: "order.shipped",
    recipients: ["u1", { id: "u2", email: "ada@example.org" }],
    data: { order: 7 },
    tenant: "acme",
    actor: "shop",
    cancellationKey: "order-7",
  };
  const id = idOf(await bench.call("/v1/events", { body }));
  const view = eventSchema.parse((await bench.call(`/v1/events/${id}`)).json);
  expect(view).toMatchObject({
    id,
    name: body.name,
    data: body.data,
    recipients: ["u1", "u2"],
    tenant: "acme",
    actor: "shop",
  });
  expect(view).toMatchObject({ state: "accepted", lane: "transactional", runs: [], messages: [], truncated: false });
});

test("no environment sees another's events, messages, recipients, keys and configuration", async () => {
  const key = bench.otherKey;
  const id = idOf(await bench.call("/v1/events", { body: { name: "n", recipients: ["u"] } }));
  await put("/v1/recipients/secret", { email: "a@b.org" });
  await put("/v1/categories/secret", { class: "critical" });
  const keys = z.object({ items: z.array(z.object({ id: z.string() })) });
  const own = keys.parse((await bench.call("/v1/api-keys")).json).items[0]?.id ?? "";
  for (const path of [`/v1/events/${id}`, `/v1/messages/${id}`, "/v1/recipients/secret", "/v1/categories/secret"]) {
    expect((await bench.call(path, { key })).status, path).toBe(404);
  }
  for (const path of ["/v1/recipients/secret", "/v1/categories/secret", `/v1/api-keys/${own}`]) {
    expect((await bench.call(path, { key, method: "DELETE" })).status, path).toBe(404);
  }
  expect((await bench.call("/v1/api-keys", { key, body: { name: "x", environment: "development" } })).status).toBe(403);
});

test("the same key and body give the same id, another body 422; the header on a batch is refused", async () => {
  const headers = { "idempotency-key": "k-1" };
  const body = { name: "n", recipients: ["u"], data: { a: 1, b: 2 } };
  const first = await bench.call("/v1/events", { body, headers });
  const again = await bench.call("/v1/events", {
    body: { data: { b: 2, a: 1 }, recipients: ["u"], name: "n" },
    headers,
  });
  expect(idOf(again)).toBe(idOf(first));
  expect((await bench.call("/v1/events", { body: { ...body, name: "other" }, headers })).status).toBe(422);
  const batch = await bench.call("/v1/events/batch", { body: { events: [body] }, headers });
  expect([batch.status, batch.json]).toEqual([400, expect.objectContaining({ code: "idempotency_key_on_batch" })]);
  expect(faultPaths(await bench.call("/v1/events", { body, headers: { "idempotency-key": "a b" } }))).toEqual([
    "Idempotency-Key",
  ]);
});

test("a batch answers for each event in order", async () => {
  const answer = await bench.call("/v1/events/batch", {
    body: {
      events: [{ name: "a", recipients: ["u"] }, { name: "b" }, { name: "c", recipients: ["u"], idempotencyKey: "c" }],
    },
  });
  expect(answer.status).toBe(202);
  const { results } = batchResultSchema.parse(answer.json);
  expect(results).toMatchObject([
    { id: expect.any(String) },
    { error: { code: "validation_failed", status: 400, errors: [{ path: "events[1].recipients" }] } },
    { id: expect.any(String) },
  ]);
  const many = { events: Array.from({ length: 1001 }, () => ({ name: "n", recipients: ["u"] })) };
  expect(faultPaths(await bench.call("/v1/events/batch", { body: many }))).toEqual(["events"]);
});

test("a direct message can be read before anything came to it", async () => {
  await configured("direct");
  const body = { channel: "email", to: { id: "u9", email: "u9@x.org" }, category: "direct", template: "direct" };
  const id = idOf(await bench.call("/v1/messages", { body }));
  const view = messageSchema.parse((await bench.call(`/v1/messages/${id}`)).json);
  expect(view).toMatchObject({ id, event: id, state: "queued", lane: "critical", recipient: "u9", template: "direct" });
  const missing = await bench.call("/v1/messages", { body: { ...body, category: "none", template: "none" } });
  expect(faultPaths(missing)).toEqual(["category", "template"]);
});

test("a direct mail carries attachments up to their limit, which its body may exceed; other channels carry none", async () => {
  await configured("direct");
  const send = (bytes: number, change: object = {}) => {
    const attachments = [{ filename: "a.pdf", contentType: "application/pdf", content: "A".repeat((bytes / 3) * 4) }];
    const body = { channel: "email", to: { id: "u9", email: "u9@x.org" }, category: "direct" };
    return bench.call("/v1/messages", { body: { ...body, content: { text: "x", attachments }, ...change } });
  };
  expect((await send(1024 * 1024 - 1)).status).toBe(202);
  expect(faultPaths(await send(1024 * 1024 + 2))).toEqual(["content.attachments"]);
  expect((await send(3 * 1024 * 1024)).status).toBe(413);
  expect(faultPaths(await send(3, { channel: "sms", to: { id: "u9", phone: "+4366012345" } }))).toEqual([
    "content.attachments",
  ]);
});

test("what a cancellation key stops is counted", async () => {
  await bench.call("/v1/events", { body: { name: "n", recipients: ["u"], cancellationKey: "stop-me" } });
  const answer = await bench.call("/v1/events/cancel", { body: { cancellationKey: "stop-me" } });
  expect([answer.status, answer.json]).toEqual([200, { events: 1, runs: 0, messages: 0 }]);
});

test("a recipient reads as it was written, is replaced whole, and is gone after a deletion", async () => {
  const path = `/v1/recipients/${encodeURIComponent("päivi/1 ü")}`;
  const written = recipientSchema.parse(
    (
      await put(path, {
        email: ["a@x.org", "b@x.org"],
        phone: "+4366012345",
        timeZone: "Europe/Vienna",
        personal: { n: 1 },
      })
    ).json,
  );
  expect(recipientSchema.parse((await bench.call(path)).json)).toEqual(written);
  expect(written).toMatchObject({
    id: "päivi/1 ü",
    email: ["a@x.org", "b@x.org"],
    phone: "+4366012345",
    personal: { n: 1 },
  });
  const replaced = recipientSchema.parse((await put(path, { email: "c@x.org" })).json);
  expect(replaced).toMatchObject({ email: "c@x.org", personal: {}, createdAt: written.createdAt });
  expect(replaced.phone).toBeUndefined();
  expect((await bench.call(path, { method: "DELETE" })).status).toBe(204);
  expect((await bench.call(path)).status).toBe(404);
  expect(faultPaths(await put("/v1/recipients/a%0Db", {}))).toEqual(["id"]);
});

test("a workflow refers only to what is there, and what it refers to stays", async () => {
  await configured("orders");
  const step = { id: "mail", type: "channel", channel: "email", template: "orders" };
  expect(
    faultPaths(await put("/v1/workflows/w", { category: "none", steps: [{ ...step, template: "none" }, step] })),
  ).toEqual(["category", "steps[0].template", "steps[1].id"]);
  const first = await put("/v1/workflows/w", { category: "orders", steps: [step] });
  expect(first.json).toMatchObject({ key: "w", version: 1, document: { category: "orders" } });
  expect((await put("/v1/workflows/w", { category: "orders", steps: [step] })).json).toMatchObject({ version: 1 });
  for (const path of ["/v1/categories/orders", "/v1/templates/orders"]) {
    expect((await bench.call(path, { method: "DELETE" })).json).toMatchObject({ status: 409, code: "in_use" });
  }
  expect(faultPaths(await put("/v1/templates/orders", { sms: { text: "t" } }))).toEqual(["email"]);
  expect((await bench.call("/v1/workflows/w", { method: "DELETE" })).status).toBe(204);
  expect((await bench.call("/v1/workflows/w")).status).toBe(404);
  expect((await bench.call("/v1/categories/orders", { method: "DELETE" })).status).toBe(204);
});

test("a template that does not compile is refused where it breaks", async () => {
  expect(faultPaths(await put("/v1/templates/broken", { email: { subject: "s", text: "{{#broken" } }))).toEqual([
    "email.text",
  ]);
  expect(faultPaths(await put("/v1/templates/a%20b", { sms: { text: "t" } }))).toEqual(["key"]);
});

test("an integration's secrets are named and never shown, and stay where none are given", async () => {
  const lanes = ["critical", "transactional"];
  const body = { channel: "email", provider: "test", lanes, settings: { url: "https://x.org" } };
  const first = await put("/v1/integrations/mail", { ...body, secrets: { password: "rosebud" } });
  expect(first.json).toMatchObject({ version: 1, secretNames: ["password"], document: body });
  expect(first.text).not.toContain("rosebud");
  const same = await put("/v1/integrations/mail", { ...body, secrets: { password: "rosebud" } });
  expect(same.json).toMatchObject({ version: 1 });
  const kept = await put("/v1/integrations/mail", { ...body, priority: 2 });
  expect(kept.json).toMatchObject({ version: 2, secretNames: ["password"] });
  const changed = await put("/v1/integrations/mail", { ...body, priority: 2, secrets: { password: "xanadu" } });
  expect(changed.json).toMatchObject({ version: 3 });
  await bench.cache.refresh();
  expect(bench.cache.integrations(1).find((integration) => integration.key === "mail")?.secrets).toEqual({
    password: "xanadu",
  });
  expect((await bench.call("/v1/integrations")).text).not.toMatch(/rosebud|xanadu/);
  expect(faultPaths(await put("/v1/integrations/odd", { ...body, provider: "none" }))).toEqual(["provider"]);
  expect(
    faultPaths(await put("/v1/integrations/odd", { ...body, settings: { url: 5 }, secrets: { password: "x" } })),
  ).toEqual(["settings.url", "secrets.password"]);
});

test("lists go on from their cursors, and refuse what is none", async () => {
  for (const key of ["page-a", "page-b", "page-c"]) await put(`/v1/categories/${key}`, { class: "marketing" });
  const page = pageOf(z.object({ key: z.string() }));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? "" : `&cursor=${cursor}`;
    const answer = page.parse((await bench.call(`/v1/categories?limit=1${query}`)).json);
    seen.push(...answer.items.map((item) => item.key));
    cursor = answer.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual([...seen].sort());
  expect(seen).toEqual(expect.arrayContaining(["page-a", "page-b", "page-c"]));
  for (const path of ["categories", "messages", "dead-letters", "api-keys"]) {
    expect(faultPaths(await bench.call(`/v1/${path}?cursor=%00%ff`)), path).toEqual(["cursor"]);
    expect(faultPaths(await bench.call(`/v1/${path}?limit=0`)), path).toEqual(["limit"]);
    expect(faultPaths(await bench.call(`/v1/${path}?limit=1&limit=2&foo=1`)), path).toEqual(["limit", "foo"]);
  }
});

test("messages and dead letters that are not there are an empty list, and 404", async () => {
  const id = "01890000-0000-8000-8000-00000000000a";
  expect((await bench.call("/v1/messages?channel=sms&state=dead")).json).toEqual({ items: [] });
  expect((await bench.call("/v1/dead-letters")).json).toEqual({ items: [] });
  for (const path of [`/v1/messages/${id}`, `/v1/dead-letters/${id}`, "/v1/events/none", "/v1/dead-letters/none"]) {
    expect((await bench.call(path)).status, path).toBe(404);
  }
  expect((await bench.call("/v1/dead-letters/replay", { body: { ids: [id] } })).json).toEqual({
    replayed: 0,
    expired: 0,
  });
  expect(faultPaths(await bench.call("/v1/dead-letters/replay", { body: { ids: [id], limit: 5 } }))).toEqual(["ids"]);
});
