import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { OutboundMessage, Provider } from "../../ports/provider.ts";
import { outbound, type TestEnvironment, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, startVendor, type VendorReply } from "../testing/http-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { apns } from "./apns.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const settings = {
  key: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  keyId: "ABC123DEFG",
  teamId: "TEAM123456",
  topic: "com.example.app",
};
const device = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const create = (baseUrl: string, environment: TestEnvironment): Provider =>
  apns.create(apns.schema.parse({ ...settings, baseUrl }), environment);
const refuse = (status: number, reason: string, more: object = {}): VendorReply => ({
  status,
  body: { reason, ...more },
});

const vendor: HttpVendor = {
  name: "apns",
  channel: "push",
  to: device,
  http2: true,
  create,
  idsIn: ({ headers }) => [String(headers["apns-id"])],
  accepted: ({ headers }) => ({ status: 200, headers: { "apns-id": String(headers["apns-id"]) } }),
  transient: refuse(503, "ServiceUnavailable"),
  permanent: refuse(400, "BadDeviceToken"),
  rateLimited: { ...refuse(429, "TooManyRequests"), headers: { "retry-after": "30" } },
  refusals: [
    {
      name: "a token that no device has ends",
      reply: refuse(400, "BadDeviceToken"),
      outcome: { kind: "permanent", code: "BadDeviceToken", suppress: true },
    },
    {
      name: "a token of another application does not end",
      reply: refuse(400, "DeviceTokenNotForTopic"),
      outcome: { kind: "permanent", suppress: undefined, scope: undefined },
    },
    ...["BadTopic", "TopicDisallowed", "MissingTopic"].map((reason) => ({
      name: `${reason} is the integration's`,
      reply: refuse(400, reason),
      outcome: { kind: "transient", scope: "integration", code: reason },
    })),
    ...["InvalidProviderToken", "Forbidden", "BadEnvironmentKeyInToken", "MissingProviderToken"].map((reason) => ({
      name: `${reason} is the integration's`,
      reply: refuse(403, reason),
      outcome: { kind: "transient", scope: "integration", code: reason, suppress: undefined },
    })),
    {
      name: "a message that is too large is tried no more",
      reply: refuse(413, "PayloadTooLarge"),
      outcome: { kind: "permanent", suppress: undefined },
    },
    {
      name: "too much for one device is the message's",
      reply: refuse(429, "TooManyRequests"),
      outcome: { kind: "transient", scope: "message" },
    },
    {
      name: "too many tokens is the integration's, for 20 minutes",
      reply: refuse(429, "TooManyProviderTokenUpdates"),
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 1_200_000 },
    },
    {
      name: "a fault of theirs is tried again",
      reply: refuse(500, "InternalServerError"),
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "what nobody has heard of is tried a few times and told of",
      reply: refuse(400, "SomethingNew"),
      outcome: { kind: "transient", code: "SomethingNew", unlisted: true, attemptsMax: 3 },
    },
    {
      name: "an ended token of unknown age does not end the address",
      reply: refuse(410, "Unregistered", { timestamp: Date.now() }),
      outcome: { kind: "permanent", code: "Unregistered", suppress: undefined },
    },
    {
      name: "a 410 that says nothing, or something new, does not end it either",
      reply: { status: 410, body: "<html>gone</html>" },
      outcome: { kind: "permanent", code: "410", suppress: undefined },
    },
    {
      name: "words that are no reason are not told on",
      reply: refuse(400, `the token ${device} is bad`),
      outcome: { kind: "permanent", code: "400", detail: undefined },
    },
  ],
};
httpVendorConformance(vendor);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const claimsSchema = z.object({ iss: z.string(), iat: z.number() });
function opened(call: RecordedCall | undefined) {
  const [, token = ""] = /^bearer (.+)$/.exec(call?.headers.authorization ?? "") ?? [];
  const [header = "", claims = "", signature = ""] = token.split(".");
  const parse = (text: string): unknown => JSON.parse(Buffer.from(text, "base64url").toString());
  const valid = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey(pair.privateKey), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  return { token, header: parse(header), claims: claimsSchema.parse(parse(claims)), valid };
}

/** APNs as a server that answers by `answer`, and a clock that stands still until it is moved. */
async function bench(answer: (call: RecordedCall, index: number) => VendorReply = () => ({ status: 200 })) {
  const environment = testEnvironment();
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = {
    ...environment.clock,
    now: () => now,
    monotonic: () => performance.now(),
    after: () => ({ cancel: () => undefined }),
  };
  let index = 0;
  const server = await startVendor(vendor, (call, response) => {
    const { status, headers = {}, body = "" } = answer(call, index++);
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const provider = create(`http://127.0.0.1:${server.port}`, { ...environment, clock });
  cleanups.push(() => provider.close(), server.close, environment.close);
  const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: server.calls,
    at: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    probe: () => provider.probe?.(context),
    send: (changes: Partial<OutboundMessage> = {}) => provider.send([outbound("push", device, changes)], context),
  };
}

describe("apns", () => {
  it("sends a notification as Apple wants it", async () => {
    const { calls, send, at } = await bench(({ headers }) => ({
      status: 200,
      headers: { "apns-id": String(headers["apns-id"]) },
    }));
    const id = "0197a3f0-0000-8000-8000-000000000001";
    const push = {
      url: "https://example.com/o/1",
      imageUrl: "https://example.com/i.png",
      data: { order: "1", aps: "not this", url: "nor this" },
      badge: 0,
      sound: "default",
      collapseKey: "order-1",
    };
    const content = { subject: "Title", text: "Grüße", push };
    expect(await send({ id, content, expiresAt: at() + 60_500 })).toEqual([
      { status: "accepted", providerMessageId: id },
    ]);
    const [call] = calls;
    expect(call?.method).toBe("POST");
    expect(call?.url).toBe(`/3/device/${device}`);
    expect(call?.headers).toMatchObject({
      "apns-id": id,
      "apns-topic": "com.example.app",
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": String(at() / 1000 + 60),
      "apns-collapse-id": "order-1",
    });
    expect(JSON.parse(call?.body ?? "")).toEqual({
      order: "1",
      url: "https://example.com/o/1",
      imageUrl: "https://example.com/i.png",
      aps: { alert: { title: "Title", body: "Grüße" }, badge: 0, sound: "default", "mutable-content": 1 },
    });
  });

  it("lets marketing and what only the application reads wait for the device", async () => {
    const { calls, send } = await bench();
    await send({ lane: "marketing", content: { text: "x" } });
    await send({ lane: "critical", content: { push: { data: { a: "1" } } } });
    expect(calls.map(({ headers }) => [headers["apns-push-type"], headers["apns-priority"]])).toEqual([
      ["alert", "5"],
      ["background", "5"],
    ]);
    expect(calls[0]?.headers).not.toHaveProperty("apns-expiration");
    expect(JSON.parse(calls[1]?.body ?? "")).toEqual({ a: "1", aps: { "content-available": 1 } });
  });

  it("stands a hash in for a collapse key that is too long or has letters that no header takes", async () => {
    const { calls, send } = await bench();
    for (const collapseKey of ["x".repeat(65), "x".repeat(65), "größe", "a\r\nb"])
      await send({ content: { text: "x", push: { collapseKey } } });
    const ids = calls.map(({ headers }) => String(headers["apns-collapse-id"]));
    expect(ids.every((id) => /^[A-Za-z0-9_-]{43}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(3);
  });

  it("refuses what is no token, and content that is too large, without a call", async () => {
    const { calls, send } = await bench();
    for (const to of ["abc", `${device}/../x`, "g".repeat(64), `${device}0`])
      expect(await send({ to })).toMatchObject([{ kind: "permanent", code: "address_invalid" }]);
    // two bytes each: characters do not count
    expect(await send({ content: { text: "ü".repeat(2100) } })).toMatchObject([{ code: "content_invalid" }]);
    expect(calls).toEqual([]);
    expect(await send({ content: { text: "u".repeat(4000) } })).toMatchObject([{ status: "accepted" }]);
  });

  it("keeps one token for 40 minutes", async () => {
    const { calls, send, pass, at } = await bench();
    const first = at();
    await send();
    pass(2_399_000);
    await send();
    pass(1000);
    await send();
    const [a, b, c] = calls.map(opened);
    expect(a).toMatchObject({
      valid: true,
      header: { alg: "ES256", kid: "ABC123DEFG" },
      claims: { iss: "TEAM123456", iat: first / 1000 },
    });
    expect(b?.token).toBe(a?.token);
    expect(c).toMatchObject({ valid: true, claims: { iat: first / 1000 + 2400 } });
  });

  it("makes a new token where one is called expired, and sends once more", async () => {
    let valid = "";
    const { calls, send } = await bench((call) => {
      if (valid === "") valid = opened(call).token;
      else if (opened(call).token !== valid) return { status: 200 };
      return refuse(403, "ExpiredProviderToken");
    });
    const outcomes = await Promise.all([send(), send(), send()]);
    expect(outcomes.flat().map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
    expect(calls).toHaveLength(6);
    // one new token for all of them
    expect(new Set(calls.map((call) => opened(call).token)).size).toBe(2);
  });

  it("does not make token after token where it is the clock that is wrong", async () => {
    const { calls, send, pass } = await bench(() => refuse(403, "ExpiredProviderToken"));
    expect(await send()).toMatchObject([{ kind: "transient", scope: "integration", code: "ExpiredProviderToken" }]);
    await send();
    expect(calls).toHaveLength(3);
    pass(1_200_000);
    await send();
    expect(calls).toHaveLength(5);
  });

  it("ends an address whose token ended after it was known to be the recipient's, and no other", async () => {
    const endedAt = Date.parse("2025-06-01T00:00:00Z");
    for (const reason of ["Unregistered", "ExpiredToken"]) {
      const { send } = await bench(() => refuse(410, reason, { timestamp: endedAt }));
      const outcomeOf = async (addressKnownSince: number | undefined) => (await send({ addressKnownSince }))[0];
      expect(await outcomeOf(endedAt - 1)).toMatchObject({ kind: "permanent", code: reason, suppress: true });
      for (const since of [endedAt, endedAt + 1, undefined])
        expect(await outcomeOf(since)).not.toHaveProperty("suppress");
    }
    const { send } = await bench(() => refuse(410, "Unregistered"));
    expect((await send({ addressKnownSince: 1 }))[0]).not.toHaveProperty("suppress");
    const unlisted = await bench(() => refuse(410, "SomethingNew"));
    expect((await unlisted.send({ addressKnownSince: 1 }))[0]).not.toHaveProperty("suppress");
  });

  it("takes an answer that finds fault with the token alone for a key that works", async () => {
    const good = await bench(() => refuse(400, "BadDeviceToken"));
    expect(await good.probe()).toEqual({ status: "ok" });
    expect(good.calls[0]?.url).toBe(`/3/device/${"0".repeat(64)}`);
    for (const [status, reason] of [
      [403, "InvalidProviderToken"],
      [400, "TopicDisallowed"],
      [503, "Shutdown"],
    ] as const) {
      const bad = await bench(() => refuse(status, reason));
      expect(await bad.probe()).toMatchObject({ status: "failed", code: reason });
    }
  });

  it("knows its own addresses, and takes no settings that cannot work", () => {
    expect(["a".repeat(64), device.toUpperCase(), "ab".repeat(80)].map((to) => apns.serves?.(to))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["a".repeat(63), "{}", "fcm:token", "arn:aws:sns"].map((to) => apns.serves?.(to))).toEqual(
      Array(4).fill(false),
    );
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const bad = [
      { key: "x" },
      { key: rsa.export({ type: "pkcs8", format: "pem" }).toString() },
      { keyId: "short" },
      { topic: "a\r\nb" },
      { server: "other" },
      { extra: 1 },
    ];
    for (const change of bad) expect(apns.schema.safeParse({ ...settings, ...change }).success).toBe(false);
    expect(apns.schema.safeParse(settings).data).toMatchObject({ server: "production" });
  });
});
