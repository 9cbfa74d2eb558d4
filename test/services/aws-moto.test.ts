import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { AwsClient } from "../../packages/server/src/providers/aws/account.ts";
import { elementOf } from "../../packages/server/src/providers/aws/refusal.ts";
import { ses } from "../../packages/server/src/providers/email/ses.ts";
import { snsEndpoints } from "../../packages/server/src/providers/push/sns.ts";
import { snsSms } from "../../packages/server/src/providers/sms/sns.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { portOf } from "../../packages/server/src/providers/testing/servers.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type Moto, motoAccount, startMoto, whyNoMoto } from "./servers/moto.ts";

/** SES, SNS and their reports against moto, which was written by others from the same pages. In CI a missing moto is a failure. */

const reason = whyNoMoto();
const context = () => ({ callId: "c", timeoutMs: 20_000, signal: AbortSignal.timeout(20_000) });
const from = "Zoë of Acme <noreply@acme.test>";
const waitMs = 30_000;

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `Amazon as moto has it (${reason ?? "SES, SNS"})`,
  () => {
    const environment = testEnvironment();
    let moto: Moto;
    const settings = () => ({ ...motoAccount, baseUrl: moto.url });
    beforeAll(async () => {
      moto = await startMoto();
      await sesCall("/v2/email/identities", { EmailIdentity: "acme.test" });
    });
    afterAll(async () => {
      await moto?.stop();
      await environment.close();
    });

    async function sesCall(path: string, body: object): Promise<void> {
      const client = new AwsClient(settings(), { host: "email", name: "ses" }, environment);
      const request = { method: "POST", path, contentType: "application/json", body: JSON.stringify(body) } as const;
      expect(await client.call(request, context())).toMatchObject({ status: "response", statusCode: 200 });
    }
    /** Gives the element of the answer that is named. */
    async function snsCall(action: string, parameters: Record<string, string>, element = "RequestId"): Promise<string> {
      const client = new AwsClient(settings(), { host: "sns", name: "sns" }, environment);
      const body = new URLSearchParams({ Action: action, Version: "2010-03-31", ...parameters }).toString();
      const contentType = "application/x-www-form-urlencoded";
      const response = await client.call({ method: "POST", path: "/", contentType, body }, context());
      expect(response, action).toMatchObject({ status: "response", statusCode: 200 });
      return (response.status === "response" ? elementOf(response.body, element) : undefined) ?? expect.unreachable();
    }

    test("SES takes a mail with its texts, and one with files whole", async () => {
      const provider = ses.create(ses.schema.parse({ ...settings(), from }), environment);
      const attachments = [{ filename: "Rechnung März.txt", contentType: "text/plain", content: Buffer.from("Grüße") }];
      const simple = outbound("email", "jane@bücher.example", { content: { subject: "Grüße", html: "<p>Größe</p>" } });
      const raw = outbound("email", "joe@example.com", { content: { subject: "Grüße", text: "Größe", attachments } });
      const outcomes = [...(await provider.send([simple], context())), ...(await provider.send([raw], context()))];
      expect(outcomes).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
      const ids = outcomes.map((outcome) => outcome.status === "accepted" && outcome.providerMessageId);
      const { ses: held = {} } = await moto.data();
      expect(held["Message"]?.find(({ id }) => id === ids[0])).toMatchObject({
        source: "=?UTF-8?Q?Zo=C3=AB_of_Acme?= <noreply@acme.test>",
        subject: "Grüße",
        body: "<p>Größe</p>",
        destinations: { ToAddresses: ["jane@xn--bcher-kva.example"] },
      });
      const mail = await PostalMime.parse(String(held["RawMessage"]?.find(({ id }) => id === ids[1])?.["raw_data"]));
      expect(mail).toMatchObject({ subject: "Grüße", from: { name: "Zoë of Acme", address: "noreply@acme.test" } });
      expect(mail.attachments.map(({ filename }) => filename)).toEqual(["Rechnung März.txt"]);
      expect(mail.headers).toContainEqual(expect.objectContaining({ key: "x-tidings-message", value: raw.id }));
    });

    test("SES takes nothing from a sender whom nobody has verified, and that is the integration's fault", async () => {
      const provider = ses.create(ses.schema.parse({ ...settings(), from: "a@other.test" }), environment);
      expect(await provider.send([outbound("email", "jane@example.com")], context())).toMatchObject([
        { status: "rejected", kind: "transient", scope: "integration", code: "identity_not_verified" },
      ]);
    });

    test("SNS takes an SMS", async () => {
      const provider = snsSms.create(
        snsSms.schema.parse({ ...settings(), senderId: "ACME", maxPrice: 0.05 }),
        environment,
      );
      const text = "Grüße & 1 + 1 = 2";
      const [outcome] = await provider.send([outbound("sms", "+4915112345678", { content: { text } })], context());
      expect(outcome).toMatchObject({ status: "accepted" });
      const { sns = {} } = await moto.data();
      const messageId = outcome?.status === "accepted" && outcome.providerMessageId;
      expect(sns["SMS"]).toContainEqual({ message_id: messageId, phone_number: "+4915112345678", message: text });
      expect(await provider.probe?.(context())).toEqual({ status: "ok" });
    });

    test("SNS takes a push message for an endpoint until that is disabled or deleted", async () => {
      const application = await snsCall(
        "CreatePlatformApplication",
        {
          Name: "shop",
          Platform: "GCM",
          "Attributes.entry.1.key": "PlatformCredential",
          "Attributes.entry.1.value": "x",
        },
        "PlatformApplicationArn",
      );
      const endpoint = await snsCall(
        "CreatePlatformEndpoint",
        { PlatformApplicationArn: application, Token: "token-of-a-device" },
        "EndpointArn",
      );
      expect(snsEndpoints.serves?.(endpoint)).toBe(true);
      const provider = snsEndpoints.create(snsEndpoints.schema.parse(settings()), environment);
      const send = () =>
        provider.send([outbound("push", endpoint, { content: { subject: "Hi", text: "Größe" } })], context());
      const [outcome] = await send();
      expect(outcome).toMatchObject({ status: "accepted" });
      const { sns = {} } = await moto.data();
      const held = z
        .object({ messages: z.record(z.string(), z.string()) })
        .parse(sns["PlatformEndpoint"]?.find(({ arn }) => arn === endpoint));
      const message = held.messages[String(outcome?.status === "accepted" && outcome.providerMessageId)];
      const { default: fallback, GCM } = z
        .strictObject({ default: z.string(), GCM: z.string() })
        .parse(JSON.parse(message ?? ""));
      expect(fallback).toBe("Größe");
      expect(JSON.parse(GCM)).toMatchObject({ fcmV1Message: { message: { notification: { body: "Größe" } } } });
      expect(await provider.probe?.(context())).toEqual({ status: "ok" });

      const disabled = { "Attributes.entry.1.key": "Enabled", "Attributes.entry.1.value": "false" };
      await snsCall("SetEndpointAttributes", { EndpointArn: endpoint, ...disabled });
      expect(await send()).toMatchObject([{ kind: "permanent", suppress: true, code: "EndpointDisabled" }]);
      await snsCall("DeleteEndpoint", { EndpointArn: endpoint });
      expect(await send()).toMatchObject([{ kind: "permanent", suppress: true, code: "endpoint_deleted" }]);
    });

    test("what SNS posts is believed as moto signed it, and not as somebody changed it", async () => {
      const topic = await snsCall("CreateTopic", { Name: "events" }, "TopicArn");
      const bodies: Buffer[] = [];
      const receiver = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(Buffer.from(chunk));
        bodies.push(Buffer.concat(chunks));
        response.end();
      });
      await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
      const messageId = "0b6a2a4e-6f0c-4d6e-9d8e-7f0a4b1c2d3e";
      await snsCall("Subscribe", {
        TopicArn: topic,
        Protocol: "http",
        Endpoint: `http://127.0.0.1:${portOf(receiver)}/`,
      });
      await snsCall("Publish", { TopicArn: topic, Message: eventOf(messageId, "Größe") }, "MessageId");
      receiver.closeAllConnections();
      receiver.close();
      const [rawBody = Buffer.alloc(0)] = bodies;
      const given = ses.schema.parse({ ...settings(), from, feedbackTopicArn: topic });
      const read = (body: Buffer) =>
        ses.feedback?.(given, { url: "", headers: {}, rawBody: body, now: Date.now() }, { http: environment.http });
      expect(await read(rawBody)).toEqual({
        status: "verified",
        feedback: [{ messageId, kind: "bounced", at: Date.parse(bouncedAt), code: "Permanent/General" }],
      });
      expect(await read(Buffer.from(rawBody.toString().replace("Permanent", "Transient")))).toEqual({
        status: "forged",
      });
    });

    test("a bounce that SES publishes ends the message that Tidings sent by it", async () => {
      const folder = mkdtempSync(join(tmpdir(), "tidings-aws-"));
      const server: ServerProcess = await startServerProcess(folder);
      const api = new Api(server.url);
      const topic = await snsCall("CreateTopic", { Name: "mail" }, "TopicArn");
      const { secretAccessKey, ...open } = settings();
      await api.put("/v1/integrations/ses", {
        channel: "email",
        provider: "ses",
        settings: { ...open, from, feedbackTopicArn: topic },
        secrets: { secretAccessKey },
      });
      await api.put("/v1/categories/transactional", { class: "transactional" });
      const message = { category: "transactional", to: { id: "u1", email: "jane@example.com" }, channel: "email" };
      const { json } = await api.call("POST", "/v1/messages", {
        ...message,
        content: { subject: "Hi", text: "Grüße" },
      });
      const { id } = z.object({ id: z.string() }).parse(json);
      const state = (wanted: string) =>
        vi.waitUntil(
          async () => messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json).state === wanted,
          { timeout: waitMs, interval: 50 },
        );
      await state("sent");
      const endpoint = `${server.url}/v1/feedback/ses?environment=development`;
      await snsCall("Subscribe", { TopicArn: topic, Protocol: "http", Endpoint: endpoint });
      // another topic's messages are signed by the same AWS
      const other = await snsCall("CreateTopic", { Name: "other" }, "TopicArn");
      await snsCall("Subscribe", { TopicArn: other, Protocol: "http", Endpoint: endpoint });
      await snsCall("Publish", { TopicArn: other, Message: eventOf(id) }, "MessageId");
      await state("sent");
      await snsCall("Publish", { TopicArn: topic, Message: eventOf(id) }, "MessageId");
      await state("bounced");
      await api.close();
      await stopChild(server);
      rmSync(folder, { recursive: true, force: true });
    });
  },
);

const bouncedAt = "2026-11-30T10:01:02.669Z";

/** As SES publishes it. */
const eventOf = (id: string, diagnosticCode = "smtp; 550 5.1.1 user unknown"): string =>
  JSON.stringify({
    eventType: "Bounce",
    bounce: {
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients: [{ emailAddress: "jane@example.com", action: "failed", status: "5.1.1", diagnosticCode }],
      timestamp: bouncedAt,
      feedbackId: "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
      reportingMTA: "dsn; mta.example.com",
    },
    mail: {
      timestamp: "2026-11-30T10:00:02.012Z",
      source: from,
      messageId: "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
      destination: ["jane@example.com"],
      headersTruncated: false,
      tags: { "ses:operation": ["SendEmail"], "tidings-message": [id] },
    },
  });
