import { generateKeyPairSync } from "node:crypto";
import { createServer, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { createRequire } from "node:module";
import { afterEach, describe, expect, it } from "vitest";
import { apns } from "../../packages/server/src/providers/push/apns.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { listening } from "../../packages/server/src/providers/testing/servers.ts";

/** `@parse/node-apn` and we send the same notification to one server that stands in for Apple's. */
const node = createRequire(import.meta.url)("@parse/node-apn");

const device = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const token = { key, keyId: "ABC123DEFG", teamId: "TEAM123456" };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Call {
  headers: IncomingHttpHeaders;
  body: unknown;
}

async function recorder(): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on("session", (session: Http2Session) => sessions.add(session));
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      calls.push({ headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      stream.respond({ ":status": 200, "apns-id": headers["apns-id"] });
      stream.end();
    });
  });
  const { port, close } = await listening(server, () => {
    for (const session of sessions) session.destroy();
  });
  cleanups.push(close);
  return { url: `http://127.0.0.1:${port}`, calls };
}

async function oursTo(url: string, changes: object): Promise<void> {
  const environment = testEnvironment();
  const provider = apns.create(apns.schema.parse({ ...token, topic: "com.example.app", baseUrl: url }), environment);
  const context = { callId: "c", timeoutMs: 5000, signal: AbortSignal.timeout(5000) };
  expect(await provider.send([outbound("push", device, changes)], context)).toMatchObject([{ status: "accepted" }]);
  await environment.close();
}

async function theirsTo(url: string, fields: object): Promise<void> {
  const provider = new node.Provider({ token, production: false, port: Number(new URL(url).port) });
  provider.client._mockOverrideUrl = url;
  const notification = new node.Notification(fields);
  const { sent, failed } = await provider.send(notification, device);
  expect(failed).toEqual([]);
  expect(sent).toHaveLength(1);
  await provider.shutdown();
}

function claimsOf({ headers: { authorization = "" } }: Call) {
  const [scheme, jwt = ""] = authorization.split(" ");
  const [header = "", claims = ""] = jwt.split(".");
  const parse = (part: string): object => JSON.parse(Buffer.from(part, "base64url").toString());
  return { scheme, ...parse(header), ...parse(claims), iat: 0 };
}

describe("@parse/node-apn", () => {
  it("makes the same request of the same notification", async () => {
    const { url, calls } = await recorder();
    const id = "0197a3f0-0000-8000-8000-000000000001";
    const expiry = Math.floor(Date.now() / 1000) + 3600;
    const push = {
      data: { order: "1" },
      url: "https://example.com",
      imageUrl: "https://example.com/i.png",
      badge: 2,
      sound: "default",
      collapseKey: "order-1",
    };
    await oursTo(url, { id, expiresAt: expiry * 1000, content: { subject: "Title", text: "Grüße", push } });
    await theirsTo(url, {
      id,
      expiry,
      topic: "com.example.app",
      pushType: "alert",
      priority: 10,
      collapseId: "order-1",
      alert: { title: "Title", body: "Grüße" },
      badge: 2,
      sound: "default",
      mutableContent: 1,
      payload: { order: "1", url: "https://example.com", imageUrl: "https://example.com/i.png" },
    });
    const [ours, theirs] = calls;
    if (ours === undefined || theirs === undefined) throw new Error("two calls were to come");
    expect(ours.body).toEqual(theirs.body);
    for (const name of [":method", ":path", "apns-id", "apns-topic", "apns-push-type", "apns-priority"])
      expect(ours.headers[name], name).toBe(theirs.headers[name]);
    for (const name of ["apns-expiration", "apns-collapse-id"])
      expect(ours.headers[name], name).toBe(theirs.headers[name]);
    expect(claimsOf(ours)).toMatchObject(claimsOf(theirs));
  });

  it("has the same form for what only the application reads", async () => {
    const { url, calls } = await recorder();
    await oursTo(url, { content: { push: { data: { a: "1" } } } });
    await theirsTo(url, {
      topic: "com.example.app",
      pushType: "background",
      priority: 5,
      contentAvailable: 1,
      payload: { a: "1" },
    });
    const [ours, theirs] = calls;
    expect(ours?.body).toEqual(theirs?.body);
    for (const name of ["apns-push-type", "apns-priority"]) expect(ours?.headers[name]).toBe(theirs?.headers[name]);
  });
});
