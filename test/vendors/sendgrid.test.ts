import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { Client } from "@sendgrid/client";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { classes } from "@sendgrid/helpers";
import { MailService } from "@sendgrid/mail";
import { afterEach, expect, it } from "vitest";
import { sendgrid } from "../../packages/server/src/providers/email/sendgrid.ts";
import { testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { mail, reported } from "../../packages/server/src/providers/testing/mail-vendor.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

const settings = {
  apiKey: "SG.key",
  from: 'Shop "Süd", Ltd <hello@shop.test>',
  replyTo: "Help <help@shop.test>",
};

const { Attachment } = classes;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both() {
  const recorder = await startRecorder((_request, response) => response.writeHead(202, { "x-message-id": "x" }).end());
  const baseUrl = `http://127.0.0.1:${recorder.port}`;
  const environment = testEnvironment();
  const provider = sendgrid.create(sendgrid.schema.parse({ ...settings, baseUrl }), environment);
  cleanups.push(recorder.close, environment.close);
  const client = new Client();
  const sdk = new MailService();
  sdk.setClient(client);
  sdk.setApiKey(settings.apiKey);
  // last, as a key brings SendGrid's own address back
  client.setDefaultRequest("baseUrl", `${baseUrl}/`);
  expect(client.createRequest({ url: "/v3/mail/send" })).toMatchObject({ baseURL: `${baseUrl}/` });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: recorder.calls,
    sdk,
    send: (batch: Parameters<typeof provider.send>[0]) => provider.send(batch, call),
  };
}

const from = { email: "hello@shop.test", name: 'Shop "Süd", Ltd' };
const replyTo = { email: "help@shop.test", name: "Help" };

function expectTheSame([ours, theirs]: Awaited<ReturnType<typeof both>>["calls"]): void {
  expect([ours?.method, ours?.url]).toEqual([theirs?.method, theirs?.url]);
  expect(ours?.headers.authorization).toBe(theirs?.headers.authorization);
  expect(ours?.headers["content-type"]).toBe(theirs?.headers["content-type"]);
  expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
}

it("sends mails of one content as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const batch = ["a@r.test", "b@r.test"].map((to) =>
    mail({ to, lane: "marketing", unsubscribeUrl: `https://t.test/${to}` }),
  );
  expect(await send(batch)).toEqual(Array(2).fill({ status: "accepted", providerMessageId: "x" }));
  await sdk.send({
    from,
    replyTo,
    subject: "Grüße",
    text: "Hello\n.\nworld",
    html: "<p>Hello</p>",
    personalizations: batch.map(({ id, to }) => ({
      to,
      customArgs: { tidings_message: id },
      headers: { "List-Unsubscribe": `<https://t.test/${to}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    })),
  });
  expectTheSame(calls);
});

it("sends stored templates and files as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const attachments = [{ filename: "ä.png", contentType: "image/png", content: "AAEC", contentId: "logo" }];
  const data = { name: "Anna", lines: [{ sku: 1 }] };
  const message = mail({ content: { stored: { ids: { sendgrid: "d-1" }, data }, attachments } });
  await send([message]);
  const file = { filename: "ä.png", type: "image/png", content: "AAEC", disposition: "inline", contentId: "logo" };
  await sdk.send({
    from,
    replyTo,
    templateId: "d-1",
    attachments: [new Attachment(file).toJSON()],
    personalizations: [{ to: message.to, customArgs: { tidings_message: message.id }, dynamicTemplateData: data }],
  });
  expectTheSame(calls);
});

it("believes what SendGrid's library calls signed, and nothing else", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const webhookPublicKey = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const library = new EventWebhook();
  const key = library.convertPublicKeyToECDSA(webhookPublicKey);
  const body = JSON.stringify([{ event: "delivered", timestamp: 1, email: "ü@r.test", tidings_message: "m" }]);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign("sha256", Buffer.from(timestamp + body), privateKey).toString("base64");
  const altered = body.replace("delivered", "spamreport");
  for (const [text, status] of [
    [body, "verified"],
    [altered, "forged"],
  ] as const) {
    const headers = {
      "x-twilio-email-event-webhook-signature": signature,
      "x-twilio-email-event-webhook-timestamp": timestamp,
    };
    expect(library.verifySignature(key, text, signature, timestamp)).toBe(status === "verified");
    expect(await reported(sendgrid, { ...settings, webhookPublicKey }, { headers, body: text })).toMatchObject({
      status,
    });
  }
});

it("believes the call that SendGrid's library has as its example, at its time and no later", async () => {
  const spec = readFileSync(
    new URL("node_modules/@sendgrid/eventwebhook/src/eventwebhook.spec.js", import.meta.url),
    "utf8",
  );
  const constant = (name: string) => new RegExp(`${name} = '([^']+)'`).exec(spec)?.[1] ?? expect.unreachable();
  const example = /PAYLOAD = (.*?);/s.exec(spec)?.[1] ?? "";
  const [webhookPublicKey, signature, timestamp] = ["PUBLIC_KEY", "SIGNATURE", "TIMESTAMP"].map(constant);
  // an expression of literals alone
  const body = String(runInNewContext(example));
  const headers = {
    "x-twilio-email-event-webhook-signature": signature ?? "",
    "x-twilio-email-event-webhook-timestamp": timestamp ?? "",
  };
  const at = Number(timestamp) * 1000;
  const tell = (now: number) => reported(sendgrid, { ...settings, webhookPublicKey }, { headers, body, now });
  expect(await tell(at)).toEqual({ status: "verified", feedback: [] });
  expect(await tell(at + 300_001)).toEqual({ status: "forged" });
});
