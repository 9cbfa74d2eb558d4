import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { OutboundMessage, Provider, ProviderEnvironment } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, startVendor, type VendorReply } from "../testing/http-vendor.ts";
import { closedPort, type RecordedCall, type RunningServer, startRecorder } from "../testing/servers.ts";
import { fcm } from "./fcm.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const file = {
  type: "service_account",
  project_id: "shop-1",
  private_key_id: "key-1",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  client_email: "sender@shop-1.iam.gserviceaccount.com",
};
const device = "fcm-token:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx";

/** Gives out `access-1`, `access-2` and so on, for an hour each, or what it is told to. */
const tokens: RecordedCall[] = [];
let tokenServer: RunningServer & { calls: RecordedCall[] };
let tokenReply: ((count: number) => VendorReply | undefined) | undefined;
beforeAll(async () => {
  tokenServer = await startRecorder((_request, response) => {
    const call = tokenServer.calls.at(-1);
    if (call !== undefined) tokens.push(call);
    const standard = {
      status: 200,
      body: { access_token: `access-${tokens.length}`, expires_in: 3599, token_type: "Bearer" },
    };
    const reply = tokenReply === undefined ? standard : tokenReply(tokens.length);
    if (reply === undefined) return;
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  });
});
afterAll(() => tokenServer.close());

const settingsFor = (baseUrl: string, changes: object = {}) =>
  fcm.schema.parse({
    serviceAccount: JSON.stringify({ ...file, token_uri: `http://127.0.0.1:${tokenServer.port}/token`, ...changes }),
    baseUrl,
  });
const create = (baseUrl: string, environment: ProviderEnvironment): Provider =>
  fcm.create(settingsFor(baseUrl), environment);

/** An answer as the API gives it. */
function refuse(code: number, status: string, errorCode: string | undefined, ...details: object[]): VendorReply {
  const own =
    errorCode === undefined ? [] : [{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", errorCode }];
  return {
    status: code,
    body: { error: { code, message: `not for ${device}`, status, details: [...own, ...details] } },
  };
}
const violation = (field: string) => ({
  "@type": "type.googleapis.com/google.rpc.BadRequest",
  fieldViolations: [{ field, description: "Invalid registration token" }],
});
const quota = (subject: string) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ subject, description: "exceeded" }],
});

const sentSchema = z.object({
  message: z.object({ token: z.string().optional(), data: z.record(z.string(), z.string()).optional() }).loose(),
});
const vendor: HttpVendor = {
  name: "fcm",
  channel: "push",
  to: device,
  http2: true,
  create,
  changes: (id) => ({ content: { subject: "Hello", push: { data: { id } } } }),
  idsIn: ({ body }) => [sentSchema.parse(JSON.parse(body)).message.data?.["id"] ?? ""],
  accepted: () => ({ status: 200, body: { name: "projects/shop-1/messages/0:1500415314455276" } }),
  malformed: { status: 200, body: "<html>" },
  transient: refuse(503, "UNAVAILABLE", "UNAVAILABLE"),
  permanent: refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
  rateLimited: { ...refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), headers: { "retry-after": "30" } },
  refusals: [
    {
      name: "an application that was uninstalled ends the address",
      reply: refuse(404, "NOT_FOUND", "UNREGISTERED"),
      outcome: { kind: "permanent", code: "UNREGISTERED", suppress: true },
    },
    {
      name: "a 404 that is not of a token does not",
      reply: refuse(404, "NOT_FOUND", undefined),
      outcome: { kind: "transient", scope: "integration", suppress: undefined },
    },
    {
      name: "a token that the vendor calls wrong ends the address",
      reply: refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", violation("message.token")),
      outcome: { kind: "permanent", code: "INVALID_ARGUMENT.token", suppress: true },
    },
    {
      name: "another field that is wrong does not",
      reply: refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", violation("message.data[0].value")),
      outcome: { kind: "permanent", code: "INVALID_ARGUMENT", suppress: undefined },
    },
    {
      name: "nor does something wrong of which nobody says what",
      reply: refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
      outcome: { kind: "permanent", suppress: undefined, detail: undefined },
    },
    {
      name: "a token of another project does not end",
      reply: refuse(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
      outcome: { kind: "permanent", code: "SENDER_ID_MISMATCH", suppress: undefined },
    },
    {
      name: "the project's quota is the integration's, for a minute where nothing else is said",
      reply: refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", quota("project:shop-1")),
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 60_000 },
    },
    {
      name: "or for as long as is said",
      reply: { ...refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), headers: { "retry-after": "30" } },
      outcome: { kind: "transient", retryAfterMs: 30_000 },
    },
    {
      name: "a device's quota is the message's",
      reply: refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", quota("device:abc")),
      outcome: { kind: "transient", scope: "message", retryAfterMs: 60_000 },
    },
    {
      name: "a fault of theirs is tried again",
      reply: refuse(500, "INTERNAL", "INTERNAL"),
      outcome: { kind: "transient", scope: "integration", code: "INTERNAL" },
    },
    {
      name: "a 502 in HTML is tried again",
      reply: { status: 502, headers: { "content-type": "text/html" }, body: "<html>502</html>" },
      outcome: { kind: "transient", code: "502" },
    },
    {
      name: "the project's key for Apple is the integration's",
      reply: refuse(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
      outcome: { kind: "transient", scope: "integration", code: "THIRD_PARTY_AUTH_ERROR" },
    },
    {
      name: "so is a right that is missing",
      reply: refuse(403, "PERMISSION_DENIED", undefined),
      outcome: { kind: "transient", scope: "integration", code: "PERMISSION_DENIED" },
    },
    {
      name: "what nobody has heard of is tried a few times and told of",
      reply: refuse(400, "FAILED_PRECONDITION", "SOMETHING_NEW"),
      outcome: { kind: "transient", code: "SOMETHING_NEW", unlisted: true, attemptsMax: 3 },
    },
    {
      name: "an answer of other types is read by its status",
      reply: { status: 400, body: { error: { status: 5, details: "x" } } },
      outcome: { kind: "permanent", code: "400" },
    },
  ],
};
httpVendorConformance(vendor);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  tokenReply = undefined;
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** FCM as a server that answers by `answer`, and a clock that stands still until it is moved. */
async function bench(
  answer: (call: RecordedCall) => VendorReply | Promise<VendorReply> = vendor.accepted,
  changes: object = {},
) {
  const environment = testEnvironment();
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { clock: real } = environment;
  const clock = { now: () => now, monotonic: () => real.monotonic(), after: () => ({ cancel: () => undefined }) };
  tokens.length = 0;
  const server = await startVendor(vendor, async (call, response) => {
    const { status, headers = {}, body = "" } = await answer(call);
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const provider = fcm.create(settingsFor(`http://127.0.0.1:${server.port}`, changes), { ...environment, clock });
  cleanups.push(() => provider.close(), server.close, environment.close);
  const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: server.calls,
    at: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    probe: () => provider.probe?.(context),
    send: (given: Partial<OutboundMessage> = {}, timeoutMs = 10_000) =>
      provider.send([outbound("push", device, given)], { ...context, timeoutMs }),
  };
}
const bodyOf = (call: RecordedCall | undefined): unknown => JSON.parse(call?.body ?? "null");

describe("fcm", () => {
  it("sends a message as Google wants it, with options for each platform", async () => {
    const { calls, send, at } = await bench();
    const push = {
      url: "https://example.com/o/1",
      imageUrl: "https://example.com/i.png",
      data: { order: "1" },
      badge: 3,
      sound: "ping.aiff",
      collapseKey: "order 1",
    };
    const outcomes = await send({ content: { subject: "Title", text: "Grüße", push }, expiresAt: at() + 60_500 });
    expect(outcomes).toEqual([
      { status: "accepted", providerMessageId: "projects/shop-1/messages/0:1500415314455276" },
    ]);
    expect(calls[0]?.url).toBe("/v1/projects/shop-1/messages:send");
    expect(calls[0]?.headers).toMatchObject({ authorization: "Bearer access-1", "content-type": "application/json" });
    expect(bodyOf(calls[0])).toEqual({
      message: {
        token: device,
        notification: { title: "Title", body: "Grüße", image: "https://example.com/i.png" },
        data: { order: "1", url: "https://example.com/o/1" },
        android: {
          priority: "HIGH",
          ttl: "60s",
          collapse_key: "order 1",
          notification: { sound: "ping.aiff", notification_count: 3, tag: "order 1" },
        },
        apns: {
          headers: {
            "apns-priority": "10",
            "apns-expiration": String(at() / 1000 + 60),
            "apns-collapse-id": "order 1",
          },
          payload: { aps: { sound: "ping.aiff", badge: 3, "mutable-content": 1 } },
        },
        webpush: {
          headers: { Urgency: "high", TTL: "60", Topic: expect.stringMatching(/^[\w-]{32}$/) },
          fcm_options: { link: "https://example.com/o/1" },
        },
      },
    });
  });

  it("lets marketing wait for the device, and keeps to the longest time that FCM takes", async () => {
    const { calls, send, at } = await bench();
    await send({ lane: "marketing", content: { text: "x" }, expiresAt: at() + 90 * 86_400_000 });
    await send({ content: { push: { data: { a: "1" }, url: "app://x" } }, expiresAt: at() - 1 });
    expect(bodyOf(calls[0])).toMatchObject({
      message: {
        android: { priority: "NORMAL", ttl: "2419200s" },
        apns: { headers: { "apns-priority": "5" } },
        webpush: { headers: { Urgency: "low", TTL: "2419200" } },
      },
    });
    expect(bodyOf(calls[1])).toEqual({
      message: {
        token: device,
        data: { a: "1", url: "app://x" },
        android: { priority: "HIGH", ttl: "0s" },
        apns: {
          headers: { "apns-priority": "5", "apns-expiration": expect.any(String) },
          payload: { aps: { "content-available": 1 } },
        },
        webpush: { headers: { Urgency: "high", TTL: "0" } },
      },
    });
  });

  it("asks for an access token with an assertion that the account's key signed", async () => {
    const { send, at } = await bench();
    await send();
    const form = new URLSearchParams(tokens[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [header = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const parse = (text: string): unknown => JSON.parse(Buffer.from(text, "base64url").toString());
    expect(parse(header)).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(parse(claims)).toEqual({
      iss: file.client_email,
      aud: `http://127.0.0.1:${tokenServer.port}/token`,
      scope: "https://www.googleapis.com/auth/firebase.messaging",
      iat: at() / 1000,
      exp: at() / 1000 + 3600,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify("sha256", signed, createPublicKey(privateKey), Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("fetches one token for all who wait, and keeps it until five minutes before its end", async () => {
    const { calls, send, pass } = await bench();
    await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(tokens).toHaveLength(1);
    pass(3_298_000);
    await send();
    expect(tokens).toHaveLength(1);
    pass(1000);
    await send();
    expect(tokens).toHaveLength(2);
    expect(calls.at(-1)?.headers.authorization).toBe("Bearer access-2");
  });

  it("fetches another token once where one is refused, for all who had it", async () => {
    const expired = refuse(401, "UNAUTHENTICATED", undefined);
    const { calls, send } = await bench((call) =>
      call.headers.authorization === "Bearer access-1" ? expired : vendor.accepted(call),
    );
    const outcomes = await Promise.all([send(), send(), send()]);
    expect(outcomes.flat().map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
    expect(tokens).toHaveLength(2);
    expect(calls).toHaveLength(6);
    const never = await bench(() => expired);
    expect(await never.send()).toMatchObject([{ kind: "transient", scope: "integration", code: "UNAUTHENTICATED" }]);
    expect(never.calls).toHaveLength(2);
  });

  it("keeps the new token where the old one is refused once more, late", async () => {
    const expired = refuse(401, "UNAUTHENTICATED", undefined);
    let late: ((reply: VendorReply) => void) | undefined;
    const { send, calls } = await bench((call) => {
      if (call.headers.authorization !== "Bearer access-1") return vendor.accepted(call);
      if (calls.length === 1)
        return new Promise((resolve) => {
          late = resolve;
        });
      return expired;
    });
    const first = send();
    expect(await send()).toMatchObject([{ status: "accepted" }]);
    late?.(expired);
    expect(await first).toMatchObject([{ status: "accepted" }]);
    expect(tokens).toHaveLength(2);
  });

  it("does not fetch another token for a key that only Apple refuses", async () => {
    const { send } = await bench(() => refuse(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"));
    await send();
    expect(tokens).toHaveLength(1);
  });

  it("surely has sent nothing where no token is given out", async () => {
    const { calls, send } = await bench();
    const replies: [VendorReply | undefined, string][] = [
      [
        { status: 400, body: { error: "invalid_grant", error_description: `for ${file.client_email}` } },
        "oauth_invalid_grant",
      ],
      [{ status: 200, body: { access_token: "a\r\nx: y", expires_in: 3600 } }, "oauth_200"],
      [{ status: 503, body: "<html>" }, "oauth_503"],
      [undefined, "oauth_timeout"],
    ];
    for (const [reply, code] of replies) {
      tokenReply = () => reply;
      const [outcome] = await send({}, 400);
      expect(outcome).toMatchObject({ kind: "transient", scope: "integration", code });
      expect(JSON.stringify(outcome)).not.toContain(file.client_email);
    }
    const closed = await bench(undefined, { token_uri: `http://127.0.0.1:${await closedPort()}/token` });
    expect(await closed.send()).toMatchObject([{ kind: "transient", code: "oauth_connect_refused" }]);
    expect(calls).toEqual([]);
    // and begins anew with the next message
    tokenReply = undefined;
    expect(await send()).toMatchObject([{ status: "accepted" }]);
  });

  it("looks at the account without sending", async () => {
    const good = await bench();
    expect(await good.probe()).toEqual({ status: "ok" });
    expect(bodyOf(good.calls[0])).toEqual({ validate_only: true, message: { topic: "tidings-probe" } });
    const bad = await bench(() => refuse(403, "PERMISSION_DENIED", undefined));
    expect(await bad.probe()).toMatchObject({ status: "failed", code: "PERMISSION_DENIED" });
    tokenReply = () => ({ status: 400, body: { error: "invalid_grant" } });
    const locked = await bench();
    expect(await locked.probe()).toMatchObject({ status: "failed", code: "oauth_invalid_grant" });
  });

  it("knows its own addresses, and takes no settings that cannot work", async () => {
    const others = ["ab".repeat(32), '{"endpoint":"https://x"}', "arn:aws:sns:eu-1:1:endpoint/GCM/x", "a b", ""];
    expect([device, "short"].map((to) => fcm.serves?.(to))).toEqual([true, true]);
    expect(others.map((to) => fcm.serves?.(to))).toEqual(others.map(() => false));
    const { calls, send } = await bench();
    for (const to of others) expect(await send({ to })).toMatchObject([{ code: "address_invalid" }]);
    expect(calls).toEqual([]);
    const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
    const texts = [
      "x",
      "{}",
      JSON.stringify({ ...file, private_key: "x" }),
      JSON.stringify({ ...file, private_key: ec.export({ type: "pkcs8", format: "pem" }) }),
      JSON.stringify({ ...file, project_id: "../x" }),
      JSON.stringify({ ...file, token_uri: "file:///etc/passwd" }),
    ];
    for (const serviceAccount of texts) expect(fcm.schema.safeParse({ serviceAccount }).success).toBe(false);
    expect(fcm.schema.safeParse({ serviceAccount: JSON.stringify(file) }).success).toBe(true);
  });
});
