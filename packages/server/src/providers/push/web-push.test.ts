import { createDecipheriv, createECDH, createPublicKey, hkdfSync, verify } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, startVendor, type VendorReply } from "../testing/http-vendor.ts";
import { webPush } from "./web-push.ts";

const server = createECDH("prime256v1");
server.generateKeys();
const browser = createECDH("prime256v1");
browser.generateKeys();
const secret = Buffer.alloc(16, 9);
const settings = {
  publicKey: server.getPublicKey("base64url"),
  privateKey: server.getPrivateKey().toString("base64url").padStart(43, "A"),
  subject: "mailto:ops@example.com",
};
const endpoint = "https://updates.push.example.com/wpush/v2/gAAAAA?x=1";
const subscription = {
  endpoint,
  expirationTime: null,
  keys: { p256dh: browser.getPublicKey("base64url"), auth: secret.toString("base64url") },
};
const to = JSON.stringify(subscription);

const hex = (id: string): string => id.replaceAll("-", "");
const idOf = (topic: string): string => topic.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const vendor: HttpVendor = {
  name: "web-push",
  channel: "push",
  to,
  create: (baseUrl, environment) => webPush.create(webPush.schema.parse({ ...settings, baseUrl }), environment),
  // a topic has room for 32 letters
  changes: (id) => ({ content: { subject: "Hello", push: { collapseKey: hex(id) } } }),
  idsIn: ({ headers }) => [idOf(String(headers["topic"]))],
  accepted: () => ({ status: 201, headers: { location: "https://updates.push.example.com/m/1" } }),
  transient: { status: 503 },
  permanent: { status: 413 },
  rateLimited: { status: 429, headers: { "retry-after": "20" } },
  refusals: [
    ...[404, 410].map((status) => ({
      name: `${status} ends the subscription`,
      reply: { status },
      outcome: { kind: "permanent", code: String(status), suppress: true },
    })),
    ...[400, 403, 413].map((status) => ({
      name: `${status} is permanent, and ends no subscription`,
      reply: { status, body: `${endpoint} is wrong` },
      outcome: { kind: "permanent", code: String(status), suppress: undefined, detail: undefined },
    })),
    {
      name: "401 is the integration's",
      reply: { status: 401, body: { code: 401, errno: 109, error: "Unauthorized" } },
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "so is an identification that Apple cannot read",
      reply: { status: 403, body: { reason: "BadJwtToken" } },
      outcome: { kind: "transient", scope: "integration", code: "BadJwtToken" },
    },
    {
      name: "Apple's other reasons are told by name",
      reply: { status: 400, body: { reason: "VapidPkHashMismatch" } },
      outcome: { kind: "permanent", code: "VapidPkHashMismatch" },
    },
    {
      name: "too much is the push service's, for as long as it says",
      reply: { status: 429, headers: { "retry-after": "20" } },
      outcome: { kind: "transient", scope: "destination", retryAfterMs: 20_000 },
    },
    {
      name: "a fault is the push service's",
      reply: { status: 500 },
      outcome: { kind: "transient", scope: "destination" },
    },
  ],
};
httpVendorConformance(vendor);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** What a browser does (RFC 8291 §3), by Node's HKDF. */
function decrypted(message: Buffer): unknown {
  const salt = message.subarray(0, 16);
  const key = message.subarray(21, 86);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), key]);
  const input = Buffer.from(hkdfSync("sha256", browser.computeSecret(key), secret, info, 32));
  const derive = (name: string, length: number) =>
    Buffer.from(hkdfSync("sha256", input, salt, Buffer.from(`Content-Encoding: ${name}\0`), length));
  const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
  cipher.setAuthTag(message.subarray(-16));
  const text = Buffer.concat([cipher.update(message.subarray(86, -16)), cipher.final()]);
  expect(text.at(-1)).toBe(2);
  return JSON.parse(text.subarray(0, -1).toString());
}

/** A push service that answers by `reply`, and a clock that stands still until it is moved. */
async function bench(reply: (count: number) => VendorReply = () => ({ status: 201 })) {
  const environment = testEnvironment();
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { clock: real } = environment;
  const clock = { now: () => now, monotonic: () => real.monotonic(), after: () => ({ cancel: () => undefined }) };
  const requests: { url: string; headers: Record<string, string>; body: Buffer }[] = [];
  // bodies are bytes, which a recorder of texts would spoil
  const http = {
    request: (request: Parameters<typeof environment.http.request>[0]) => {
      requests.push({ url: request.url, headers: request.headers, body: Buffer.from(request.body ?? "") });
      return environment.http.request(request);
    },
  };
  const running = await startVendor(vendor, (_call, response) => {
    const { status, headers = {} } = reply(requests.length);
    response.writeHead(status, headers).end();
  });
  const base = `http://127.0.0.1:${running.port}`;
  const provider = vendor.create(base, { ...environment, http, clock });
  cleanups.push(() => provider.close(), running.close, environment.close);
  const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    requests,
    base,
    provider,
    at: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    send: (changes: Partial<OutboundMessage> = {}) => provider.send([outbound("push", to, changes)], context),
    probe: () => provider.probe?.(context),
  };
}

const claimsSchema = z.object({ aud: z.string(), exp: z.number(), sub: z.string() });
function identified(authorization: string | undefined) {
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization ?? "") ?? [];
  const [header = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const valid = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ format: "jwk", key: jwk }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  return { token, key, valid, claims: claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString())) };
}

describe("web push", () => {
  it("sends what only the browser can read, to its push service", async () => {
    const { requests, send, at, base } = await bench();
    const push = {
      url: "https://example.com/o/1",
      imageUrl: "https://example.com/i.png",
      data: { order: "1" },
      badge: 3,
      collapseKey: "order-1",
    };
    const outcomes = await send({ content: { subject: "Title", text: "Grüße", push }, expiresAt: at() + 60_500 });
    expect(outcomes).toEqual([{ status: "accepted" }]);
    const [request] = requests;
    expect(request?.url).toBe(`${base}/wpush/v2/gAAAAA?x=1`);
    expect(request?.headers).toMatchObject({
      "content-encoding": "aes128gcm",
      ttl: "60",
      urgency: "normal",
      topic: "order-1",
    });
    expect(decrypted(request?.body ?? Buffer.alloc(0))).toEqual({
      title: "Title",
      body: "Grüße",
      url: "https://example.com/o/1",
      image: "https://example.com/i.png",
      badge: 3,
      tag: "order-1",
      data: { order: "1" },
    });
  });

  it("says by lane how urgent a message is, and how long it is wanted", async () => {
    const { requests, send, at } = await bench();
    await send({ lane: "critical" });
    await send({ lane: "marketing", expiresAt: at() + 90 * 86_400_000 });
    await send({ expiresAt: at() - 5000, content: { text: "x", push: { collapseKey: "a key with spaces" } } });
    expect(requests.map(({ headers }) => [headers["urgency"], headers["ttl"]])).toEqual([
      ["high", "2419200"],
      ["low", "2419200"],
      ["normal", "0"],
    ]);
    expect(requests[0]?.headers).not.toHaveProperty("topic");
    expect(requests[2]?.headers["topic"]).toMatch(/^[\w-]{32}$/);
  });

  it("identifies itself to each push service with a token that it keeps for eleven hours", async () => {
    const { requests, send, pass, at } = await bench();
    const first = at();
    await send();
    await send({ to: JSON.stringify({ ...subscription, endpoint: "https://other.example.com:8443/a" }) });
    pass(39_599_000);
    await send();
    pass(1000);
    await send();
    const [a, other, b, c] = requests.map(({ headers }) => identified(headers["authorization"]));
    expect(a).toMatchObject({
      valid: true,
      key: settings.publicKey,
      claims: { aud: "https://updates.push.example.com", sub: settings.subject, exp: first / 1000 + 43_200 },
    });
    expect(other).toMatchObject({ valid: true, claims: { aud: "https://other.example.com:8443" } });
    expect(b?.token).toBe(a?.token);
    expect(c?.claims.exp).toBe(at() / 1000 + 43_200);
  });

  it("makes another token after one was refused", async () => {
    const { requests, send, pass } = await bench((count) => ({ status: count === 1 ? 403 : 201 }));
    await send();
    pass(1000);
    await send();
    const [a, b] = requests.map(({ headers }) => headers["authorization"]);
    expect(a).not.toBe(b);
  });

  it("refuses what is no subscription, and content that does not fit, without a call", async () => {
    const { requests, send } = await bench();
    const bad = [
      "{",
      "{}",
      "[]",
      "null",
      JSON.stringify({ ...subscription, endpoint: "ftp://x" }),
      JSON.stringify({ ...subscription, endpoint: "https://user@x/" }),
      JSON.stringify({ ...subscription, keys: { ...subscription.keys, auth: "AAAA" } }),
      JSON.stringify({ ...subscription, keys: { ...subscription.keys, p256dh: "AAAA" } }),
      // no point of the curve
      JSON.stringify({
        ...subscription,
        keys: { ...subscription.keys, p256dh: Buffer.alloc(65, 4).toString("base64url") },
      }),
    ];
    for (const address of bad)
      expect(await send({ to: address }), address).toMatchObject([{ kind: "permanent", code: "address_invalid" }]);
    expect(await send({ content: { text: "ü".repeat(2000) } })).toMatchObject([{ code: "content_invalid" }]);
    expect(requests).toEqual([]);
    const most = 3993 - JSON.stringify({ title: "", body: "" }).length;
    expect(await send({ content: { text: "u".repeat(most) } })).toEqual([{ status: "accepted" }]);
    expect(requests[0]?.body).toHaveLength(4096);
  });

  it("calls no endpoint without TLS but by a base URL", async () => {
    const environment = testEnvironment();
    cleanups.push(environment.close);
    const provider = webPush.create(webPush.schema.parse(settings), environment);
    const plain = JSON.stringify({ ...subscription, endpoint: "http://127.0.0.1:1/a" });
    const context = { callId: "c", timeoutMs: 1000, signal: AbortSignal.timeout(1000) };
    expect(await provider.send([outbound("push", plain)], context)).toMatchObject([{ code: "address_invalid" }]);
  });

  it("takes the push service for the destination, and knows its own addresses", async () => {
    const { provider, probe } = await bench();
    expect(provider.destination?.(to)).toBe("updates.push.example.com");
    expect(provider.destination?.("{")).toBe("");
    expect([to, "ab".repeat(32), "fcm:token", "arn:aws"].map((one) => webPush.serves?.(one))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(await probe()).toMatchObject({ status: "unchecked" });
  });

  it("takes no settings that cannot work", () => {
    const other = createECDH("prime256v1");
    const changes = [
      { publicKey: other.generateKeys("base64url") },
      { privateKey: "x" },
      { privateKey: "_".repeat(43) },
      { privateKey: "A".repeat(43) },
      { subject: "ops@example.com" },
      { subject: "mailto:a@b\r\nx: y" },
      { extra: 1 },
    ];
    expect(webPush.schema.safeParse(settings).success).toBe(true);
    for (const change of changes)
      expect(webPush.schema.safeParse({ ...settings, ...change }).success, JSON.stringify(change)).toBe(false);
  });
});
