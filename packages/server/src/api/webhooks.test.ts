import {
  newWebhookSchema,
  webhookDeliverySchema,
  webhookSchema,
  webhookSecretSchema,
} from "@tidings/contract/webhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().optional() });
const url = "https://shop.example/hooks/token";

/** An endpoint that is deleted when the test is over. */
async function withWebhook(
  body: object,
  run: (made: z.infer<typeof newWebhookSchema>) => Promise<void>,
): Promise<void> {
  const { status, json } = await bench.call("/v1/webhooks", { body: { url, ...body } });
  expect(status).toBe(201);
  const made = newWebhookSchema.parse(json);
  try {
    await run(made);
  } finally {
    await bench.call(`/v1/webhooks/${made.id}`, { method: "DELETE" });
  }
}

describe("/v1/webhooks", () => {
  test("makes an endpoint with a secret, shows, writes and deletes it", () =>
    withWebhook({ description: "shop", types: ["message.sent"], tenant: "acme" }, async (made) => {
      expect(made).toMatchObject({ url, types: ["message.sent"], tenant: "acme", enabled: true });
      expect(Buffer.from(made.secret.slice("whsec_".length), "base64")).toHaveLength(32);
      const path = `/v1/webhooks/${made.id}`;
      expect((await bench.call(path)).text).not.toContain("whsec_");
      const written = { url: "https://other.example/", enabled: false };
      const { json } = await bench.call(path, { method: "PUT", body: written });
      const view = webhookSchema.parse(json);
      expect(view).toMatchObject(written);
      expect([view.types, view.tenant, view.description]).toEqual([undefined, undefined, undefined]);
      const list = page(webhookSchema).parse((await bench.call("/v1/webhooks")).json);
      expect(list.items).toEqual([view]);
      const { secret } = webhookSecretSchema.parse((await bench.call(`${path}/secret`)).json);
      expect(secret).toBe(made.secret);
      expect((await bench.call(path, { method: "DELETE" })).status).toBe(204);
      for (const gone of [path, `${path}/secret`, `${path}/deliveries`])
        expect((await bench.call(gone)).status).toBe(404);
      expect((await bench.call(`${path}/test`, { method: "POST" })).status).toBe(404);
    }));

  test("keeps URL and secrets sealed", () =>
    withWebhook({}, async (made) => {
      const [environment] = await bench.store.listEnvironments({});
      const row = await bench.store.getWebhook({ environmentId: environment?.id ?? 0, id: made.id });
      expect(JSON.stringify(row)).not.toMatch(/shop\.example|whsec_/);
    }));

  test("replaces a secret, and shows until when the old one signs beside it", () =>
    withWebhook({}, async (made) => {
      const path = `/v1/webhooks/${made.id}/rotate`;
      const before = Date.now();
      const first = webhookSecretSchema.parse((await bench.call(path, { method: "POST" })).json);
      expect(first.secret).not.toBe(made.secret);
      expect(first.previous).toMatchObject([{ secret: made.secret }]);
      const validUntil = Date.parse(first.previous[0]?.validUntil ?? "");
      expect(validUntil).toBeGreaterThanOrEqual(before + 86_400_000);
      expect(validUntil).toBeLessThan(before + 86_400_000 + 60_000);
      const second = webhookSecretSchema.parse((await bench.call(path, { body: { previousValidSeconds: 0 } })).json);
      expect(second.previous.map(({ secret }) => secret)).toEqual([made.secret]);
      expect(webhookSecretSchema.parse((await bench.call(`/v1/webhooks/${made.id}/secret`)).json)).toEqual(second);
    }));

  test("lists what an endpoint was told, tells it again and sends examples", () =>
    withWebhook({}, async (made) => {
      const path = `/v1/webhooks/${made.id}`;
      const asked = await bench.call(`${path}/test`, { body: { type: "message.opened" } });
      expect(asked.status).toBe(202);
      const example = webhookDeliverySchema.parse(asked.json);
      expect(example).toMatchObject({ type: "message.opened", state: "waiting", attempts: [] });
      expect(example.message).toBeUndefined();
      await bench.call(`${path}/test`, { method: "POST" });
      const list = async (query: string) =>
        page(webhookDeliverySchema).parse((await bench.call(`${path}/deliveries${query}`)).json);
      expect((await list("")).items).toHaveLength(2);
      expect((await list("?type=message.opened")).items.map(({ id }) => id)).toEqual([example.id]);
      expect((await list("?state=delivered")).items).toEqual([]);
      const first = await list("?limit=1");
      const second = await list(`?limit=1&cursor=${first.nextCursor}`);
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(2);
      const again = await bench.call(`${path}/deliveries/${example.id}/resend`, { method: "POST" });
      expect(again.status).toBe(202);
      expect(webhookDeliverySchema.parse(again.json).id).toBe(example.id);
      const none = await bench.call(`${path}/deliveries/${made.id}/resend`, { method: "POST" });
      expect(none.status).toBe(404);
    }));

  test.each([
    [{ url: "ftp://shop.example/" }, "url"],
    [{ url: "https://user:password@shop.example/" }, "url"],
    [{ url: "not a url" }, "url"],
    [{ url, types: ["message.queued"] }, "types[0]"],
    [{ url, types: [] }, "types"],
    [{ url, more: 1 }, "more"],
  ])("refuses %o and names the path", async (body, path) => {
    const { status, json } = await bench.call("/v1/webhooks", { body });
    expect([status, json]).toMatchObject([400, { code: "validation_failed", errors: [{ path }] }]);
  });

  test("makes at most so many in an environment", async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { json } = await bench.call("/v1/webhooks", { body: { url } });
      made.push(newWebhookSchema.parse(json).id);
    }
    const { status, json } = await bench.call("/v1/webhooks", { body: { url } });
    expect([status, json]).toMatchObject([400, { code: "validation_failed" }]);
    for (const id of made) await bench.call(`/v1/webhooks/${id}`, { method: "DELETE" });
  });

  test("shows nothing of another environment, and writes nothing there", () =>
    withWebhook({}, async (made) => {
      const foreign = { key: bench.otherKey };
      const path = `/v1/webhooks/${made.id}`;
      expect((await bench.call("/v1/webhooks", foreign)).json).toEqual({ items: [] });
      for (const gone of [path, `${path}/secret`, `${path}/deliveries`])
        expect((await bench.call(gone, foreign)).status).toBe(404);
      for (const [method, at, body] of [
        ["PUT", path, { url }],
        ["DELETE", path, undefined],
        ["POST", `${path}/rotate`, undefined],
        ["POST", `${path}/test`, undefined],
      ] as const)
        expect((await bench.call(at, { ...foreign, method, ...(body === undefined ? {} : { body }) })).status).toBe(
          404,
        );
      expect((await bench.call(path)).status).toBe(200);
    }));
});
