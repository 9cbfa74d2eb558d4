import { Resend } from "resend";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, it } from "vitest";
import { sign } from "../../packages/server/src/lib/standard-webhooks.ts";
import { resend } from "../../packages/server/src/providers/email/resend.ts";
import { testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { mail, reported } from "../../packages/server/src/providers/testing/mail-vendor.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

const key = Buffer.alloc(24, 3);
const webhookSecret = `whsec_${key.toString("base64")}`;
const settings = {
  apiKey: "re_1",
  from: 'Shop "Süd", Ltd <hello@shop.test>',
  replyTo: "help@shop.test",
  webhookSecret,
  batch: true,
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both() {
  const recorder = await startRecorder((request, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(request.url === "/emails" ? { id: "a" } : { data: [{ id: "a" }, { id: "b" }], errors: [] })),
  );
  const baseUrl = `http://127.0.0.1:${recorder.port}`;
  const environment = testEnvironment();
  const provider = resend.create(resend.schema.parse({ ...settings, baseUrl }), environment);
  cleanups.push(recorder.close, environment.close);
  const sdk = new Resend(settings.apiKey, { baseUrl });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: recorder.calls,
    sdk,
    send: (batch: Parameters<typeof provider.send>[0]) => provider.send(batch, call),
  };
}

const common = { from: '"Shop \\"Süd\\", Ltd" <hello@shop.test>', replyTo: "help@shop.test" };
const tags = (value: string) => [{ name: "tidings_message", value }];

function expectTheSame([ours, theirs]: Awaited<ReturnType<typeof both>>["calls"], names: readonly string[]): void {
  expect([ours?.method, ours?.url]).toEqual([theirs?.method, theirs?.url]);
  for (const name of ["authorization", "content-type", ...names])
    expect(ours?.headers[name], name).toBe(theirs?.headers[name]);
  expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
}

it("sends a mail with files and a way out, under its key, as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const attachments = [{ filename: "ä.png", contentType: "image/png", content: "AAEC", contentId: "logo" }];
  const content = { subject: "Grüße", text: "t", html: "h", attachments };
  const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/1", content });
  expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: "a" }]);
  await sdk.emails.send(
    {
      ...common,
      to: [message.to],
      subject: "Grüße",
      text: "t",
      html: "h",
      tags: tags(message.id),
      headers: { "List-Unsubscribe": "<https://t.test/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      attachments: [{ filename: "ä.png", content: "AAEC", contentType: "image/png", contentId: "logo" }],
    },
    { idempotencyKey: message.idempotencyKey },
  );
  expectTheSame(calls, ["idempotency-key"]);
});

it("sends a batch as the SDK does, in permissive mode", async () => {
  const { calls, sdk, send } = await both();
  const batch = ["one", "two"].map((text) => mail({ content: { subject: "s", text } }));
  expect((await send(batch)).map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  await sdk.batch.send(
    batch.map(({ id, to, content: { text = "" } }) => ({ ...common, to: [to], subject: "s", text, tags: tags(id) })),
    { batchValidation: "permissive", idempotencyKey: String(calls[0]?.headers["idempotency-key"]) },
  );
  expectTheSame(calls, ["idempotency-key", "x-batch-validation"]);
});

it("fills a stored template as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const message = mail({ content: { stored: { ids: { resend: "tpl" }, data: { name: "Anna", count: 2 } } } });
  await send([message]);
  await sdk.emails.send({
    ...common,
    to: [message.to],
    template: { id: "tpl", variables: { name: "Anna", count: 2 } },
    tags: tags(message.id),
  });
  expectTheSame(calls, []);
});

it("believes what Resend's SDK verifies, signed by either side, and nothing else", async () => {
  const { sdk } = await both();
  const body = JSON.stringify({
    type: "email.opened",
    created_at: "2026-01-01T00:00:00Z",
    data: { tags: { tidings_message: "m" } },
  });
  const now = new Date();
  const seconds = Math.floor(now.getTime() / 1000);
  const theirs = new Webhook(webhookSecret).sign("msg_1", now, body);
  expect(sign([key], "msg_1", seconds, body)).toBe(theirs);
  const altered = body.replace("opened", "bounced");
  const old = sign([key], "msg_1", seconds - 301, body);
  for (const [payload, at, signature, status] of [
    [body, seconds, theirs, "verified"],
    [altered, seconds, theirs, "forged"],
    [body, seconds - 301, old, "forged"],
    [body, seconds, theirs.replace("v1,", "v1,A"), "forged"],
  ] as const) {
    const call = { id: "msg_1", timestamp: String(at), signature };
    const verify = () => sdk.webhooks.verify({ payload, headers: call, webhookSecret });
    if (status === "verified") expect(verify()).toMatchObject({ type: "email.opened" });
    else expect(verify).toThrow();
    const headers = { "svix-id": call.id, "svix-timestamp": call.timestamp, "svix-signature": call.signature };
    expect(await reported(resend, settings, { headers, body: payload })).toMatchObject({ status });
  }
});
