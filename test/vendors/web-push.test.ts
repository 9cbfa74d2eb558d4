import { once } from "node:events";
import { createRequire } from "node:module";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { webPush } from "../../packages/server/src/providers/push/web-push.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";

/*
 * `web-push-testing` is a push service that decrypts as a browser does and checks the identification; `web-push` is what most
 * servers send with.
 */

const load = createRequire(import.meta.url);
const webpush = load("web-push");
const { PushApiModel } = load("web-push-testing/src/PushApiModel.js");
const TestingServer = load("web-push-testing/src/server.js");

const keys = webpush.generateVAPIDKeys();
const settings = { ...keys, subject: "mailto:ops@example.com" };
const subscribedSchema = z.object({
  data: z.object({
    endpoint: z.string(),
    keys: z.object({ p256dh: z.string(), auth: z.string() }),
    clientHash: z.string(),
  }),
});
const gotSchema = z.object({ data: z.object({ messages: z.array(z.string()) }) });
const content = {
  subject: "Title",
  text: "Grüße",
  push: { url: "https://example.com/o/1", collapseKey: "order-1", data: { order: "1" } },
};

let origin = "";
beforeAll(async () => {
  vi.spyOn(console, "log").mockReturnValue(undefined);
  const model = new PushApiModel();
  const server = new TestingServer(model, 0);
  server.startServer();
  await once(server._server, "listening");
  origin = `http://localhost:${server._server.address().port}`;
  model.notifyUrl = `${origin}/notify/`;
  return () => server._server.close();
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  const text = await response.text();
  return text.startsWith("{") ? JSON.parse(text) : text;
}

const subscribe = async (applicationServerKey = keys.publicKey) =>
  subscribedSchema.parse(await post("/subscribe", { userVisibleOnly: "true", applicationServerKey })).data;

function sender() {
  const environment = testEnvironment();
  const requests: { headers: Record<string, string>; body: Buffer }[] = [];
  const http: typeof environment.http = {
    request: (request) => {
      requests.push({ headers: request.headers, body: Buffer.from(request.body ?? "") });
      return environment.http.request(request);
    },
  };
  const provider = webPush.create(webPush.schema.parse({ ...settings, baseUrl: origin }), { ...environment, http });
  cleanups.push(() => provider.close(), environment.close);
  const context = { callId: "c", timeoutMs: 5000, signal: AbortSignal.timeout(5000) };
  const send = (to: object, changes: object = {}) =>
    provider.send([outbound("push", JSON.stringify(to), { content, ...changes })], context);
  return { send, requests };
}

describe("a push service that decrypts", () => {
  it("reads what we send, and takes our identification", async () => {
    const subscription = await subscribe();
    const { send } = sender();
    expect(await send(subscription)).toEqual([{ status: "accepted" }]);
    const { data } = gotSchema.parse(await post("/get-notifications", { clientHash: subscription.clientHash }));
    expect(data.messages.map((text): unknown => JSON.parse(text))).toEqual([
      {
        title: "Title",
        body: "Grüße",
        url: "https://example.com/o/1",
        tag: "order-1",
        data: { order: "1" },
      },
    ]);
  });

  it("takes no message for a subscription of another key, and has ours end one that expired", async () => {
    const { send } = sender();
    const other = await subscribe(webpush.generateVAPIDKeys().publicKey);
    expect(await send(other)).toMatchObject([{ status: "rejected", kind: "permanent", code: "400" }]);
    const subscription = await subscribe();
    await post(`/expire-subscription/${subscription.clientHash}`, {});
    expect(await send(subscription)).toMatchObject([{ kind: "permanent", code: "410", suppress: true }]);
  });
});

describe("web-push", () => {
  it("makes the same request of the same message", async () => {
    const subscription = await subscribe();
    const { send, requests } = sender();
    const expiresAt = Date.now() + 60_900;
    await send(subscription, { expiresAt, lane: "marketing" });
    const theirs = webpush.generateRequestDetails(subscription, JSON.stringify(content), {
      vapidDetails: settings,
      TTL: 60,
      urgency: "low",
      topic: "order-1",
    });
    const headers = Object.entries<unknown>(theirs.headers).map(
      ([name, value]) => [name.toLowerCase(), String(value)] as const,
    );
    const wanted = Object.fromEntries(headers);
    const ours = requests[0]?.headers ?? {};
    for (const name of ["ttl", "urgency", "topic", "content-encoding", "content-type"])
      expect(ours[name], name).toBe(wanted[name]);
    const claims = (text = "") => {
      const [, token = "", key] = /^vapid t=([^,]+), k=(.+)$/.exec(text) ?? [];
      const [header = "", payload = ""] = token.split(".");
      const parse = (part: string): object => JSON.parse(Buffer.from(part, "base64url").toString());
      return { ...parse(header), ...parse(payload), key };
    };
    const [mine, others] = [claims(ours["authorization"]), claims(wanted["authorization"])];
    expect({ ...mine, exp: 0 }).toEqual({ ...others, exp: 0 });
    expect(Math.abs(Number(Reflect.get(mine, "exp")) - Number(Reflect.get(others, "exp")))).toBeLessThan(5);
    // salt, record size, key length and key: the same layout
    expect(requests[0]?.body.subarray(16, 21)).toEqual(Buffer.from(theirs.body ?? "").subarray(16, 21));
  });
});
