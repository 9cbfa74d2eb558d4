import Mailgun from "mailgun.js";
import { afterEach, expect, it } from "vitest";
import { mailgun } from "../../packages/server/src/providers/email/mailgun.ts";
import { testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { formOf } from "../../packages/server/src/providers/testing/form.ts";
import { mail } from "../../packages/server/src/providers/testing/mail-vendor.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

const domain = "mg.shop.test";
const settings = { apiKey: "key-1", domain, from: 'Shop "Süd", Ltd <hello@shop.test>', replyTo: "help@shop.test" };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both() {
  const recorder = await startRecorder((_request, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"id":"<1@x>","message":"Queued. Thank you."}'),
  );
  const url = `http://127.0.0.1:${recorder.port}`;
  const environment = testEnvironment();
  const provider = mailgun.create(mailgun.schema.parse({ ...settings, baseUrl: url }), environment);
  cleanups.push(recorder.close, environment.close);
  const sdk = new Mailgun(FormData).client({ username: "api", key: settings.apiKey, url });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  return {
    calls: recorder.calls,
    sdk,
    send: (batch: Parameters<typeof provider.send>[0]) => provider.send(batch, call),
  };
}

const common = { from: '"Shop \\"Süd\\", Ltd" <hello@shop.test>', "h:Reply-To": "help@shop.test" };

function expectTheSame([ours, theirs]: Awaited<ReturnType<typeof both>>["calls"]): void {
  if (ours === undefined || theirs === undefined) expect.unreachable();
  expect([ours.method, ours.url]).toEqual([theirs.method, theirs.url]);
  expect(ours.headers.authorization).toBe(theirs.headers.authorization);
  const sorted = (call: typeof ours) =>
    formOf(call)
      .map(({ name, value, ...file }) => ({
        name,
        value: name === "recipient-variables" ? JSON.parse(value) : value,
        ...file,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  expect(sorted(ours)).toEqual(sorted(theirs));
}

it("sends a mail with files and a way out as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const attachments = [
    { filename: "ä.txt", contentType: "text/plain", content: Buffer.from("file") },
    { filename: "l.png", contentType: "image/png", content: Buffer.from("logo"), contentId: "logo" },
  ];
  const content = { subject: "Grüße", text: "t", html: "<b>h</b>", attachments };
  const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/1", content });
  expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: "<1@x>" }]);
  await sdk.messages.create(domain, {
    ...common,
    to: message.to,
    subject: "Grüße",
    text: "t",
    html: "<b>h</b>",
    "h:List-Unsubscribe": "<https://t.test/1>",
    "h:List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "v:tidings_message": message.id,
    attachment: { data: new Blob(["file"], { type: "text/plain" }), filename: "ä.txt" },
    inline: { data: new Blob(["logo"], { type: "image/png" }), filename: "logo" },
  });
  expectTheSame(calls);
});

it("sends a batch with recipient variables as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const batch = ["a@r.test", "b@r.test"].map((to) => mail({ to, content: { subject: "s", text: "t" } }));
  expect((await send(batch)).map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  await sdk.messages.create(domain, {
    ...common,
    to: batch.map(({ to }) => to),
    subject: "s",
    text: "t",
    "v:tidings_message": "%recipient.message%",
    "recipient-variables": JSON.stringify(Object.fromEntries(batch.map(({ id, to }) => [to, { message: id }]))),
  });
  expectTheSame(calls);
});

it("fills a stored template as the SDK does", async () => {
  const { calls, sdk, send } = await both();
  const data = { name: "Anna", lines: [{ sku: 1 }] };
  const message = mail({ content: { subject: "s", stored: { ids: { mailgun: "welcome" }, data } } });
  await send([message]);
  await sdk.messages.create(domain, {
    ...common,
    to: message.to,
    subject: "s",
    template: "welcome",
    "t:variables": JSON.stringify(data),
    "v:tidings_message": message.id,
  });
  expectTheSame(calls);
});
