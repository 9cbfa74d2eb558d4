import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { answeredVendors, mail } from "../testing/mail-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { postmark } from "./postmark.ts";

const settings = { serverToken: "token-1", from: "Shop <hello@shop.test>" };

const mailSchema = z.looseObject({ Metadata: z.object({ tidings_message: z.string() }) });
const bodySchema = z.union([
  mailSchema.transform((one) => [one]),
  z.array(mailSchema),
  z.object({ Messages: z.array(mailSchema) }).transform(({ Messages }) => Messages),
]);
const mailsOf = ({ body }: RecordedCall) => bodySchema.parse(JSON.parse(body));
const idsOf = (call: RecordedCall) => mailsOf(call).map(({ Metadata }) => Metadata.tidings_message);
const failed = (status: number, ErrorCode: number) => ({
  status,
  body: { ErrorCode, Message: "jane.doe@recipient.test is wrong" },
});
const ok = (id: string) => ({
  ErrorCode: 0,
  Message: "OK",
  MessageID: `pm-${id}`,
  SubmittedAt: "2026-11-30T08:00:00Z",
});
const taken = (call: RecordedCall) => ({
  status: 200,
  body: /batch/.test(call.url) ? idsOf(call).map(ok) : ok(idsOf(call)[0] ?? ""),
});

const refused = (code: number, name: string, outcome: Record<string, unknown>, status = 422) => ({
  name: `ErrorCode ${code}: ${name}`,
  reply: failed(status, code),
  outcome: { status: "rejected", code: String(code), ...outcome },
});
const account = { kind: "transient", scope: "integration" };

const vendor: HttpVendor = {
  name: "postmark",
  channel: "email",
  to: "jane.doe@recipient.test",
  create: (baseUrl, environment) => postmark.create(postmark.schema.parse({ ...settings, baseUrl }), environment),
  idsIn: (call) => (call.url.startsWith("/email") ? idsOf(call) : null),
  accepted: taken,
  transient: { status: 503 },
  permanent: failed(422, 300),
  rateLimited: { ...failed(429, 429), headers: { "retry-after": "7" } },
  malformed: { status: 200, body: "<html>" },
  refusals: [
    refused(10, "a wrong token is the account's", account, 401),
    refused(100, "maintenance takes a minute at least", { ...account, retryAfterMs: 60_000 }),
    refused(300, "a wrong mail", { kind: "permanent", suppress: undefined }),
    refused(400, "no such sender", account),
    refused(401, "an unconfirmed sender", account),
    refused(402, "not JSON", { kind: "permanent", scope: undefined }),
    refused(405, "no credits", account),
    refused(406, "an inactive recipient is not contacted again", { kind: "permanent", suppress: true }),
    refused(411, "a forbidden file", { kind: "permanent" }),
    refused(412, "a pending account", account),
    refused(413, "an account that may not send", account),
    refused(1101, "no such template", { kind: "permanent" }),
    refused(1235, "no such stream", account),
    refused(9999, "nobody knows", { kind: "transient", unlisted: true, attemptsMax: 3 }),
    refused(300, "also with status 200", { kind: "permanent" }, 200),
    {
      name: "413 without an ErrorCode is the mail's size",
      reply: { status: 413 },
      outcome: { kind: "permanent", code: "413" },
    },
    { name: "401 without an ErrorCode", reply: { status: 401 }, outcome: { ...account, code: "401" } },
    {
      name: "429 waits as long as it says, for all",
      reply: { ...failed(429, 429), headers: { "retry-after": "7" } },
      outcome: { ...account, retryAfterMs: 7000 },
    },
    {
      name: "500 passes, whatever its ErrorCode",
      reply: failed(500, 406),
      outcome: { kind: "transient", suppress: undefined },
    },
    {
      name: "a success without an id is unknown",
      reply: { status: 200, body: { ErrorCode: 0 } },
      outcome: { status: "unknown" },
    },
  ],
};

httpVendorConformance(vendor);

describe("postmark", () => {
  const answered = answeredVendors(vendor);

  it("says who sends, by lane, what, by which stream, and how to leave", async () => {
    const { send, calls } = await answered(postmark, {
      ...settings,
      from: { default: "a@shop.test", marketing: "Shop, News <news@shop.test>" },
      replyTo: "help@shop.test",
      messageStream: "broadcast",
    });
    const attachments = [
      { filename: "a.ics", contentType: "text/calendar; method=REQUEST", content: Buffer.from("cal") },
      { filename: "logo.png", contentType: "image/png", content: "AAEC", contentId: "logo" },
    ];
    const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/u/1" });
    message.content = { ...message.content, attachments };
    expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: `pm-${message.id}` }]);
    expect(calls[0]?.url).toBe("/email");
    expect(calls[0]?.headers["x-postmark-server-token"]).toBe("token-1");
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
      From: '"Shop, News" <news@shop.test>',
      To: "jane.doe@recipient.test",
      ReplyTo: "help@shop.test",
      Subject: "Grüße",
      TextBody: "Hello\n.\nworld",
      HtmlBody: "<p>Hello</p>",
      MessageStream: "broadcast",
      Metadata: { tidings_message: message.id },
      Headers: [
        { Name: "List-Unsubscribe", Value: "<https://t.test/u/1>" },
        { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
      ],
      Attachments: [
        { Name: "a.ics", Content: "Y2Fs", ContentType: "text/calendar; method=REQUEST" },
        { Name: "logo.png", Content: "AAEC", ContentType: "image/png", ContentID: "cid:logo" },
      ],
    });
  });

  it("sends up to 500 different mails in a call, and says of each what became of it", async () => {
    const { send, calls } = await answered(postmark, settings, [
      (call) => ({
        status: 200,
        body: idsOf(call).map(
          (id, index) => [ok(id), { ErrorCode: 406, Message: "x" }, { nonsense: 1 }, ok(id)][index % 4],
        ),
      }),
    ]);
    const batch = Array.from({ length: 501 }, (_, index) => mail({ content: { text: `${index}` } }));
    const outcomes = await send(batch);
    expect(calls.map((call) => idsOf(call).length).sort((a, b) => a - b)).toEqual([1, 500]);
    expect(calls.map(({ url }) => url).sort()).toEqual(["/email", "/email/batch"]);
    expect(outcomes.slice(0, 4)).toMatchObject([
      { status: "accepted", providerMessageId: `pm-${batch[0]?.id}` },
      { kind: "permanent", code: "406", suppress: true },
      { status: "unknown" },
      { status: "accepted", providerMessageId: `pm-${batch[3]?.id}` },
    ]);
  });

  it("cuts a batch where it would be larger than Postmark takes", async () => {
    const { send, calls } = await answered(postmark, settings);
    const file = { filename: "a.pdf", contentType: "application/pdf", content: "A".repeat(8_000_000) };
    const batch = Array.from({ length: 6 }, () => mail({ content: { text: "x", attachments: [file] } }));
    expect((await send(batch)).map(({ status }) => status)).toEqual(Array(6).fill("accepted"));
    expect(calls.map((call) => idsOf(call).length).sort()).toEqual([1, 5]);
  });

  it("knows nothing of a batch whose answers are not as many as its mails", async () => {
    const { send } = await answered(postmark, settings, [{ status: 200, body: [ok("1")] }]);
    expect(await send([mail(), mail()])).toMatchObject([{ status: "unknown" }, { status: "unknown" }]);
  });

  it("fills stored templates by id or alias, in a call of their own", async () => {
    const { send, calls } = await answered(postmark, settings);
    const stored = (id: string) => ({ ids: { postmark: id }, data: { name: "Anna" } });
    await send([
      mail({ content: { stored: stored("1234") } }),
      mail(),
      mail({ content: { stored: stored("welcome") } }),
    ]);
    await send([mail({ content: { stored: stored("welcome") } })]);
    expect(calls.map(({ url }) => url).sort()).toEqual(["/email", "/email/batchWithTemplates", "/email/withTemplate"]);
    const batch = calls.find(({ url }) => url === "/email/batchWithTemplates") ?? expect.unreachable();
    expect(mailsOf(batch)).toMatchObject([
      { TemplateId: 1234, TemplateModel: { name: "Anna" } },
      { TemplateAlias: "welcome", TemplateModel: { name: "Anna" } },
    ]);
    expect(mailsOf(batch)[0]).not.toHaveProperty("Subject");
  });

  it("sends each alone, once, where a whole batch was refused for what it holds", async () => {
    const bad = mail();
    const { send, calls } = await answered(postmark, settings, [
      (call) => (idsOf(call).includes(bad.id) ? failed(422, 403) : taken(call)),
    ]);
    expect(await send([mail(), bad, mail()])).toMatchObject([
      { status: "accepted" },
      { kind: "permanent", code: "403" },
      { status: "accepted" },
    ]);
    expect(calls.map(({ url }) => url)).toEqual(["/email/batch", "/email", "/email", "/email"]);
  });

  it("does so too where nobody knows what a batch was refused for: the others must not pay for it", async () => {
    const { send, calls } = await answered(postmark, settings, [
      (call) => (call.url === "/email/batch" ? failed(422, 9999) : taken(call)),
    ]);
    expect(await send([mail(), mail()])).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    expect(calls).toHaveLength(3);
  });

  it("asks no further where the account is at fault", async () => {
    const { send, calls } = await answered(postmark, settings, [failed(422, 412)]);
    expect(await send([mail(), mail()])).toMatchObject([account, account]);
    expect(calls).toHaveLength(1);
  });

  it.each([
    [{ status: 200, body: { ID: 1, Name: "Shop" } }, { status: "ok" }],
    [
      { status: 401, body: { ErrorCode: 10 } },
      { status: "failed", code: "401" },
    ],
  ])("is probed by what its token belongs to: %j", async (reply, result) => {
    const { probe } = await answered(postmark, settings, [{ status: 500 }], ({ method, url }) =>
      `${method} ${url}` === "GET /server" ? reply : { status: 404 },
    );
    expect(await probe()).toMatchObject(result);
  });

  it.each([
    { serverToken: "a\r\nb" },
    { messageStream: "a b" },
    { webhookUsername: "u" },
    { webhookPassword: "p" },
    { webhookUsername: "u:v", webhookPassword: "p" },
    { replyTo: "nobody" },
  ])("takes no settings such as %j", (change) => {
    expect(postmark.schema.safeParse({ ...settings, webhookUsername: "u", webhookPassword: "p" }).success).toBe(true);
    expect(postmark.schema.safeParse({ ...settings, ...change }).success).toBe(false);
  });
});
