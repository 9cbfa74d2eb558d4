import { generateKeyPairSync } from "node:crypto";
import { Agent } from "node:https";
import { connect } from "node:net";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getMessaging } from "firebase-admin/messaging";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { fcm } from "../../packages/server/src/providers/push/fcm.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { startHttp2Front } from "../../packages/server/src/providers/testing/http2-front.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

/**
 * `firebase-admin` and we send the same message to one server that stands in for Google's. Its address is fixed: an agent that
 * connects to ours leads it there.
 */

const device = "fcm-token:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function google(reply: { status: number; body: object }) {
  const server = await startRecorder((request, response) => {
    const isToken = request.url === "/token";
    response.writeHead(isToken ? 200 : reply.status, { "content-type": "application/json" });
    response.end(JSON.stringify(isToken ? { access_token: "access-1", expires_in: 3600 } : reply.body));
  });
  const front = await startHttp2Front(server.port);
  cleanups.push(front.close, server.close);
  const sent = () => server.calls.filter(({ url }) => url !== "/token");
  return { port: server.port, front: front.port, sent };
}

function ours({ port, front }: { port: number; front: number }) {
  const environment = testEnvironment();
  const serviceAccount = JSON.stringify({
    project_id: "shop-1",
    client_email: "sender@shop-1.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: `http://127.0.0.1:${port}/token`,
  });
  const settings = fcm.schema.parse({ serviceAccount, baseUrl: `http://127.0.0.1:${front}` });
  const provider = fcm.create(settings, environment);
  cleanups.push(environment.close);
  const context = { callId: "c", timeoutMs: 5000, signal: AbortSignal.timeout(5000) };
  return (changes: object) => provider.send([outbound("push", device, changes)], context);
}

function theirs(port: number) {
  const agent = new Agent();
  Object.assign(agent, { createConnection: () => connect(port, "127.0.0.1") });
  const app = initializeApp({
    projectId: "shop-1",
    credential: { getAccessToken: async () => ({ access_token: "access-1", expires_in: 3600 }) },
    httpAgent: agent,
  });
  cleanups.push(() => deleteApp(app));
  return getMessaging(app);
}

const errorSchema = z.object({ code: z.string() });

describe("firebase-admin", () => {
  it("makes the same request of the same message", async () => {
    const server = await google({ status: 200, body: { name: "projects/shop-1/messages/1" } });
    const push = {
      data: { order: "1" },
      url: "https://example.com/o/1",
      imageUrl: "https://example.com/i.png",
      badge: 3,
      sound: "ping",
      collapseKey: "order-1",
    };
    const expiresAt = Date.now() + 3_600_900;
    const accepted = { status: "accepted", providerMessageId: "projects/shop-1/messages/1" };
    expect(await ours(server)({ content: { subject: "Title", text: "Grüße", push }, expiresAt })).toEqual([accepted]);
    const id = await theirs(server.port).send({
      token: device,
      notification: { title: "Title", body: "Grüße", imageUrl: "https://example.com/i.png" },
      data: { order: "1", url: "https://example.com/o/1" },
      android: {
        priority: "high",
        ttl: 3_600_000,
        collapseKey: "order-1",
        notification: { sound: "ping", notificationCount: 3, tag: "order-1" },
      },
      apns: {
        headers: {
          "apns-priority": "10",
          "apns-expiration": String(Math.floor(expiresAt / 1000)),
          "apns-collapse-id": "order-1",
        },
        payload: { aps: { sound: "ping", badge: 3, mutableContent: true } },
      },
      webpush: {
        headers: { Urgency: "high", TTL: "3600", Topic: "order-1" },
        fcmOptions: { link: "https://example.com/o/1" },
      },
    });
    expect(id).toBe(accepted.providerMessageId);
    const [mine, other] = server.sent();
    expect(mine?.url).toBe(other?.url);
    expect(mine?.headers.authorization).toBe(other?.headers.authorization);
    // the API takes either form of these
    const body = (text = "null"): unknown =>
      JSON.parse(text.replace('"HIGH"', '"high"').replace("fcmOptions", "fcm_options"));
    expect(body(mine?.body)).toEqual(body(other?.body));
  });

  it.each([
    [
      404,
      "NOT_FOUND",
      "UNREGISTERED",
      "messaging/registration-token-not-registered",
      { kind: "permanent", suppress: true },
    ],
    [403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "messaging/mismatched-credential", { kind: "permanent" }],
    [429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "messaging/message-rate-exceeded", { kind: "transient" }],
    [400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "messaging/invalid-argument", { kind: "permanent" }],
    [401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "messaging/third-party-auth-error", { scope: "integration" }],
  ])("reads %i %s with %s as we do", async (status, canonical, errorCode, theirCode, outcome) => {
    const details = [{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", errorCode }];
    const server = await google({
      status,
      body: { error: { code: status, status: canonical, message: "no", details } },
    });
    expect(await ours(server)({ content: { text: "x" } })).toMatchObject([{ code: errorCode, ...outcome }]);
    const failed: unknown = await theirs(server.port)
      .send({ token: device, data: { a: "1" } })
      .catch((error: unknown) => error);
    expect(errorSchema.parse(failed).code).toBe(theirCode);
  });
});
