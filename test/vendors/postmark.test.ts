import { Models, ServerClient } from "postmark";
import { afterEach, expect, it } from "vitest";
import { postmark } from "../../packages/server/src/providers/email/postmark.ts";
import { testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { mail, reported } from "../../packages/server/src/providers/testing/mail-vendor.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

const settings = {
  serverToken: "token-1",
  from: 'Shop "Süd", Ltd <hello@shop.test>',
  replyTo: "help@shop.test",
  messageStream: "news",
  webhookUsername: "user",
  webhookPassword: "pass",
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both() {
  const ok = { ErrorCode: 0, Message: "OK", MessageID: "pm-1", SubmittedAt: "2026-11-30T08:00:00Z", To: "a@r.test" };
  const recorder = await startRecorder((request, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(/batch/.test(request.url ?? "") ? [ok, ok] : ok)),
  );
  const host = `127.0.0.1:${recorder.port}`;
  const environment = testEnvironment();
  const provider = postmark.create(postmark.schema.parse({ ...settings, baseUrl: `http://${host}` }), environment);
  cleanups.push(recorder.close, environment.close);
  const sdk = new ServerClient(settings.serverToken, { requestHost: host, useHttps: false });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: recorder.calls,
    sdk,
    send: (batch: Parameters<typeof provider.send>[0]) => provider.send(batch, call),
  };
}

const common = {
  From: '"Shop \\"Süd\\", Ltd" <hello@shop.test>',
  ReplyTo: "help@shop.test",
  MessageStream: "news",
};
const taken = { status: "accepted", providerMessageId: "pm-1" };

function expectTheSame([ours, theirs]: Awaited<ReturnType<typeof both>>["calls"]): void {
  expect([ours?.method, ours?.url]).toEqual([theirs?.method, theirs?.url]);
  for (const name of ["x-postmark-server-token", "content-type", "accept"])
    expect(ours?.headers[name], name).toBe(theirs?.headers[name]);
  expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
}

it("sends a mail with files and a way out as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const attachments = [{ filename: "ä.png", contentType: "image/png", content: "AAEC", contentId: "logo" }];
  const message = mail({
    lane: "marketing",
    unsubscribeUrl: "https://t.test/1",
    content: { subject: "Grüße", html: "x", attachments },
  });
  expect(await send([message])).toEqual([taken]);
  await sdk.sendEmail({
    ...common,
    To: message.to,
    Subject: "Grüße",
    HtmlBody: "x",
    Metadata: { tidings_message: message.id },
    Headers: [
      new Models.Header("List-Unsubscribe", "<https://t.test/1>"),
      new Models.Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ],
    Attachments: [new Models.Attachment("ä.png", "AAEC", "image/png", "cid:logo")],
  });
  expectTheSame(calls);
});

it("sends a batch as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const batch = ["one", "two"].map((text) => mail({ content: { text } }));
  expect(await send(batch)).toEqual([taken, taken]);
  await sdk.sendEmailBatch(
    batch.map(({ id, to, content: { text = "" } }) => ({
      ...common,
      To: to,
      Subject: "",
      TextBody: text,
      Metadata: { tidings_message: id },
    })),
  );
  expectTheSame(calls);
});

it("sends stored templates, one and several, as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const data = { name: "Anna", lines: [{ sku: 1 }] };
  const batch = ["12", "welcome"].map((id) => mail({ content: { stored: { ids: { postmark: id }, data } } }));
  const theirs = batch.map(({ id, to }, index) => ({
    ...common,
    ...(index === 0 ? { TemplateId: 12 } : { TemplateAlias: "welcome" }),
    To: to,
    TemplateModel: data,
    Metadata: { tidings_message: id },
  }));
  await send(batch);
  await sdk.sendEmailBatchWithTemplates(theirs);
  await send(batch.slice(0, 1));
  await sdk.sendEmailWithTemplate(theirs[0] ?? expect.unreachable());
  expectTheSame(calls.slice(0, 2));
  expectTheSame(calls.slice(2));
});

it("knows each type of bounce that the SDK knows, or drops it knowingly", async () => {
  const headers = { authorization: `Basic ${Buffer.from("user:pass").toString("base64")}` };
  const dropped: string[] = [];
  for (const Type of Object.values(Models.BounceType)) {
    const bounce = {
      RecordType: "Bounce",
      Type,
      BouncedAt: "2026-01-01T00:00:00Z",
      Metadata: { tidings_message: "m" },
    };
    const result = await reported(postmark, settings, { headers, body: JSON.stringify(bounce) });
    expect(result).toMatchObject({ status: "verified" });
    if (result?.status === "verified" && result.feedback.length === 0) dropped.push(Type);
  }
  expect(dropped.sort()).toEqual([
    "AddressChange",
    "AutoResponder",
    "ChallengeVerification",
    "InboundError",
    "OpenRelayTest",
    "Subscribe",
    "Transient",
    "Unconfirmed",
  ]);
});
