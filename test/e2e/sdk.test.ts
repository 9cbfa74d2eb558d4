import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Tidings, TidingsApiError } from "@tidings/client";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stopChild } from "../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const notifications = fileURLToPath(new URL("../../notifications", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings sdk "));
const run = promisify(execFile);
let server: ServerProcess;
let tidings: Tidings;

const start = (port = 0) =>
  startServerProcess(join(folder, "data"), { TIDINGS_NOTIFICATIONS_DIR: notifications }, { port });

beforeAll(async () => {
  server = await start();
  tidings = new Tidings({ apiKey, baseUrl: server.url });
}, 30_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

const reset = (recipient: string) => ({
  recipients: [{ id: recipient, email: `${recipient}@example.com` }],
  data: { name: "Anna", url: "https://example.com/reset/1" },
});

describe("against a real server", () => {
  test("an event is sent once under its key, and followed to its message", async () => {
    const { id } = await tidings.events.send("password.reset", reset("anna"), { idempotencyKey: "reset-1" });
    expect(await tidings.events.send("password.reset", reset("anna"), { idempotencyKey: "reset-1" })).toEqual({ id });
    await expect(
      tidings.events.send("password.reset", reset("berta"), { idempotencyKey: "reset-1" }),
    ).rejects.toMatchObject({ code: "idempotency_mismatch", status: 422 });
    const message = await vi.waitUntil(
      async () => {
        const [run] = (await tidings.events.get(id)).runs;
        return run?.messages[0]?.state === "sent" ? run.messages[0] : undefined;
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(await tidings.messages.get(message.id)).toEqual(message);
    const listed: string[] = [];
    for await (const each of tidings.messages.list({ event: id, limit: 1 })) listed.push(each.id);
    expect(listed).toEqual([message.id]);
  });

  test("a batch answers per event, in order", async () => {
    const { results } = await tidings.events.sendBatch([
      { name: "password.reset", ...reset("carla") },
      { name: "password.reset", ...reset("dora"), idempotencyKey: "batch-1" },
      { name: "password.reset", ...reset("emma"), idempotencyKey: "batch-1" },
    ]);
    expect(results).toEqual([
      { id: expect.any(String) },
      { id: expect.any(String) },
      { error: expect.objectContaining({ code: "idempotency_mismatch" }) },
    ]);
  });

  test("every kind of document is written, read, listed and deleted", async () => {
    await tidings.categories.put("bulletin", { class: "marketing" });
    await tidings.partials.put("sign", { html: "<b>{{tenant.name}}</b>" });
    await tidings.layouts.put("frame", { email: { html: "{{> content}}{{> sign}}" } });
    await tidings.tenants.put("acme", { name: "Acme", branding: { dark: true } });
    await tidings.templates.put("digest", {
      layout: "frame",
      email: { subject: "s", html: "<p>t</p>" },
      sms: { text: "hello" },
    });
    await tidings.integrations.put("spare", { channel: "email", provider: "sandbox", enabled: false });
    const { content } = await tidings.templates.preview("digest", { channel: "email", tenant: "acme" });
    expect(content).toMatchObject({ subject: "s", html: expect.stringContaining("<b>Acme</b>") });
    const steps = [{ id: "a", type: "channel" as const, channel: "sms" as const, template: "digest" }];
    expect(await tidings.workflows.put("digest", { category: "bulletin", steps })).toMatchObject({
      key: "digest",
      version: 1,
    });
    expect((await tidings.workflows.get("digest")).document.steps).toEqual(steps);
    await expect(tidings.categories.delete("bulletin")).rejects.toMatchObject({ code: "in_use" });
    for (const [resource, key] of [
      [tidings.workflows, "digest"],
      [tidings.templates, "digest"],
      [tidings.layouts, "frame"],
      [tidings.partials, "sign"],
      [tidings.tenants, "acme"],
      [tidings.integrations, "spare"],
      [tidings.categories, "bulletin"],
    ] as const) {
      const keys: string[] = [];
      for await (const each of resource.list({ limit: 1 })) keys.push(each.key);
      expect(keys).toContain(key);
      await resource.delete(key);
      await expect(resource.get(key)).rejects.toMatchObject({ code: "not_found" });
    }
  });

  test("recipients, dead letters, keys and health have their calls", async () => {
    const strange = "ü/%2e?#&+ 😀";
    await tidings.recipients.put(strange, { email: "f@example.com", attributes: { plan: "pro" } });
    expect(await tidings.recipients.get(strange)).toMatchObject({ id: strange, email: "f@example.com" });
    await tidings.recipients.delete(strange);
    await expect(tidings.recipients.get(strange)).rejects.toBeInstanceOf(TidingsApiError);

    expect(await tidings.deadLetters.replay({ channel: "voice" })).toEqual({ replayed: 0, expired: 0 });
    expect((await tidings.deadLetters.list().page()).items).toEqual([]);
    expect((await tidings.queues.list()).items.some(({ queue, lane }) => queue === "runs" && lane === "critical")).toBe(
      true,
    );
    expect((await tidings.workers.list()).items).toMatchObject([
      { state: "alive", roles: expect.arrayContaining(["deliver"]) },
    ]);

    const made = await tidings.apiKeys.create({ name: "second" });
    const second = new Tidings({ apiKey: made.key, baseUrl: server.url });
    expect((await second.apiKeys.list().page()).items.map(({ name }) => name)).toContain("second");
    await tidings.apiKeys.revoke(made.id.toUpperCase());
    await vi.waitUntil(() =>
      second.categories
        .list()
        .page()
        .then(
          () => false,
          ({ code }) => code === "unauthorized",
        ),
    );

    const webhook = await tidings.webhooks.create({ url: "http://127.0.0.1:1/", enabled: false });
    const { secret, previous } = await tidings.webhooks.rotate(webhook.id);
    expect(previous).toMatchObject([{ secret: webhook.secret }]);
    expect(await tidings.webhooks.secret(webhook.id)).toMatchObject({ secret });
    expect((await tidings.webhooks.deliveries(webhook.id).page()).items).toEqual([]);
    await tidings.webhooks.delete(webhook.id);

    expect(await tidings.health()).toEqual({ status: "ok" });
    expect(await tidings.readiness()).toMatchObject({ status: "ready" });
  });

  test("a call that finds no server is made when there is one again", async () => {
    await stopChild(server, "SIGKILL");
    const call = tidings.events.send("password.reset", reset("greta"), { retries: 20 });
    server = await start(server.port);
    const { id } = await call;
    expect(await tidings.events.get(id)).toMatchObject({ name: "password.reset", recipients: ["greta"] });
  });

  test("the built package runs where there is no Node", async () => {
    const program = `
      import { Tidings, TidingsInputError } from "@tidings/client";
      const tidings = new Tidings({ apiKey: server.key, baseUrl: server.url });
      const { id } = await tidings.events.send("password.reset", ${JSON.stringify(reset("hanna"))});
      const { name } = await tidings.events.get(id);
      const refused = await tidings.events.send("", {}).catch((error) => error instanceof TidingsInputError && error.faults);
      const keys = [];
      for await (const { key } of tidings.categories.list({ limit: 1 })) keys.push(key);
      const node = [typeof process, typeof Buffer, typeof require, typeof global, typeof setImmediate];
      export default { node, name, refused, keys };
    `;
    const main = fileURLToPath(new URL("../harness/edge-main.ts", import.meta.url));
    const args = ["--no-warnings", "--experimental-vm-modules", "--import", "tsx", main, program, server.url, apiKey];
    const { stdout } = await run(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({
      modules: expect.any(Number),
      result: {
        node: Array(5).fill("undefined"),
        name: "password.reset",
        refused: [expect.objectContaining({ path: "name" }), expect.objectContaining({ path: "recipients" })],
        keys: expect.arrayContaining(["security"]),
      },
    });
  });

  test("the built package verifies webhooks where there is no Node", async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
    const at = Math.floor(Date.now() / 1000);
    const body = "{}";
    const signature = new Webhook(secret).sign("msg_1", new Date(at * 1000), body);
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": signature };
    const program = `
      import { verifyWebhook } from "@tidings/client/webhooks";
      const codeOf = (body) => verifyWebhook(new Headers(${JSON.stringify(headers)}), body, ${JSON.stringify(secret)}).catch(({ code }) => code);
      export default [await codeOf(${JSON.stringify(body)}), await codeOf("{ }")];
    `;
    const main = fileURLToPath(new URL("../harness/edge-main.ts", import.meta.url));
    const args = ["--no-warnings", "--experimental-vm-modules", "--import", "tsx", main, program, server.url, apiKey];
    const { stdout } = await run(process.execPath, args);
    // Verified, and no event: an empty object is of no type.
    expect(JSON.parse(stdout).result).toEqual(["event_unknown", "signature_wrong"]);
  });
});
