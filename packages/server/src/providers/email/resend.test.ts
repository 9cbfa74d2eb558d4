import { describe, expect, it } from "vitest";
import { z } from "zod";
import { testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, type VendorReply } from "../testing/http-vendor.ts";
import { answeredVendors, mail } from "../testing/mail-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { resend } from "./resend.ts";

const settings = { apiKey: "re_1", from: "Shop <hello@shop.test>" };
const batched = { ...settings, batch: true };

const mailSchema = z.looseObject({
  tags: z.tuple([z.object({ name: z.literal("tidings_message"), value: z.string() })]),
});
const bodySchema = z.union([mailSchema.transform((one) => [one]), z.array(mailSchema)]);
const mailsOf = ({ body }: RecordedCall) => bodySchema.parse(JSON.parse(body));
const idsOf = (call: RecordedCall) => mailsOf(call).map(({ tags }) => tags[0].value);
const failed = (statusCode: number, name: string): VendorReply => ({
  status: statusCode,
  body: { statusCode, name, message: "jane.doe@recipient.test is wrong" },
});
const taken = (call: RecordedCall): VendorReply => {
  const ids = idsOf(call).map((id) => ({ id: `re-${id}` }));
  return { status: 200, body: call.url === "/emails/batch" ? { data: ids } : (ids[0] ?? {}) };
};
const account = { kind: "transient", scope: "integration" };
const refused = (status: number, code: string, outcome: Record<string, unknown>) => ({
  name: `${status} ${code}`,
  reply: failed(status, code),
  outcome: { code, ...outcome },
});

const vendor: HttpVendor = {
  name: "resend",
  channel: "email",
  to: "jane.doe@recipient.test",
  create: (baseUrl, environment) => resend.create(resend.schema.parse({ ...settings, baseUrl }), environment),
  idsIn: (call) => (call.url.startsWith("/emails") ? idsOf(call) : null),
  accepted: taken,
  transient: { status: 503 },
  permanent: failed(422, "validation_error"),
  rateLimited: { ...failed(429, "rate_limit_exceeded"), headers: { "retry-after": "7" } },
  malformed: { status: 200, body: { object: "email" } },
  refusals: [
    refused(400, "validation_error", { kind: "permanent", scope: undefined }),
    refused(422, "missing_required_field", { kind: "permanent" }),
    refused(422, "invalid_attachment", { kind: "permanent" }),
    refused(404, "not_found", { kind: "permanent" }),
    refused(451, "security_error", { kind: "permanent" }),
    refused(401, "missing_api_key", account),
    refused(403, "invalid_api_key", account),
    refused(422, "invalid_from_address", account),
    {
      name: "a domain that is not verified",
      reply: failed(403, "validation_error"),
      outcome: { ...account, code: "403" },
    },
    { name: "a key that is no key", reply: failed(401, "validation_error"), outcome: { ...account, code: "401" } },
    refused(429, "daily_quota_exceeded", { ...account, retryAfterMs: 3_600_000 }),
    refused(429, "monthly_quota_exceeded", { ...account, retryAfterMs: 3_600_000 }),
    {
      name: "429 waits as long as it says, for all",
      reply: { ...failed(429, "rate_limit_exceeded"), headers: { "retry-after": "7" } },
      outcome: { ...account, retryAfterMs: 7000 },
    },
    refused(500, "application_error", account),
    refused(418, "something_new", { kind: "transient", unlisted: true, attemptsMax: 3 }),
    refused(400, "constructor", { kind: "transient", unlisted: true }),
    {
      name: "409 of a key that was used for another text: the first went out",
      reply: failed(409, "invalid_idempotent_request"),
      outcome: { status: "accepted" },
    },
    {
      name: "409 of a key whose first request is under way",
      reply: failed(409, "concurrent_idempotent_requests"),
      outcome: { status: "unknown", code: "concurrent_idempotent_requests" },
    },
  ],
};

httpVendorConformance(vendor);
httpVendorConformance({
  ...vendor,
  name: "resend in batches",
  create: (baseUrl, environment) => resend.create(resend.schema.parse({ ...batched, baseUrl }), environment),
  refusals: vendor.refusals.slice(0, 1),
});

describe("resend", () => {
  const answered = answeredVendors(vendor);

  it("says who sends, by lane, what, and how to leave, under a key that attempts share", async () => {
    const { send, calls } = await answered(resend, {
      ...settings,
      from: { default: "a@shop.test", marketing: 'Shop "News" <news@shop.test>' },
      replyTo: "help@shop.test",
    });
    const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/u/1" });
    message.content.attachments = [
      { filename: "a.ics", contentType: "text/calendar; method=REQUEST", content: Buffer.from("cal") },
      { filename: "logo.png", contentType: "image/png", content: "AAEC", contentId: "logo" },
    ];
    expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: `re-${message.id}` }]);
    await send([{ ...message, attempt: 2 }]);
    expect(calls.map(({ headers }) => headers["idempotency-key"])).toEqual(Array(2).fill(message.idempotencyKey));
    expect(calls[0]).toMatchObject({ url: "/emails", headers: { authorization: "Bearer re_1" } });
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
      from: '"Shop \\"News\\"" <news@shop.test>',
      to: ["jane.doe@recipient.test"],
      reply_to: "help@shop.test",
      subject: "Grüße",
      text: "Hello\n.\nworld",
      html: "<p>Hello</p>",
      tags: [{ name: "tidings_message", value: message.id }],
      headers: { "List-Unsubscribe": "<https://t.test/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      attachments: [
        { filename: "a.ics", content: "Y2Fs", content_type: "text/calendar; method=REQUEST" },
        { filename: "logo.png", content: "AAEC", content_type: "image/png", content_id: "logo" },
      ],
    });
  });

  it("fills a stored template with what Resend's variables can be", async () => {
    const { send, calls } = await answered(resend, settings);
    const data = { name: "Anna", count: 2, paid: true, nested: { a: 1 }, none: null };
    await send([mail({ content: { stored: { ids: { resend: "tpl-1" }, data } } })]);
    const [body] = mailsOf(calls[0] ?? expect.unreachable());
    expect(body).toMatchObject({ template: { id: "tpl-1", variables: { name: "Anna", count: 2, paid: "true" } } });
    expect(body?.["template"]).not.toHaveProperty("variables.nested");
    expect(body).not.toHaveProperty("subject");
  });

  it("drops repetitions of a message where each goes by itself, and says so only then", () => {
    const made = (given: object) => resend.create(resend.schema.parse(given), testEnvironment());
    const [one, many] = [made(settings), made(batched)];
    expect([one.idempotent, one.maxBatch, many.idempotent, many.maxBatch]).toEqual([true, 1, false, 100]);
  });

  it("in batches sends 100 per call, those with files apart, under a key of the call's mails", async () => {
    const { send, calls } = await answered(resend, batched);
    const file = { filename: "a.txt", contentType: "text/plain", content: "YQ==" };
    const batch = [mail({ content: { text: "x", attachments: [file] } }), ...Array.from({ length: 101 }, () => mail())];
    const outcomes = await send(batch);
    expect(outcomes).toEqual(batch.map(({ id }) => ({ status: "accepted", providerMessageId: `re-${id}` })));
    expect(calls.map((call) => [call.url, idsOf(call).length]).sort()).toEqual([
      ["/emails", 1],
      ["/emails", 1],
      ["/emails/batch", 100],
    ]);
    await send(batch.slice(1, 101));
    await send(batch.slice(2, 102));
    const keys = calls.filter(({ url }) => url === "/emails/batch").map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("refuses for good whom Resend names in a batch, and knows the others' ids", async () => {
    const reply = {
      status: 200,
      body: { data: [{ id: "re-a" }, { id: "re-c" }], errors: [{ index: 1, message: "x@y" }] },
    };
    const { send, calls } = await answered(resend, batched, [reply]);
    expect(await send([mail(), mail(), mail()])).toEqual([
      { status: "accepted", providerMessageId: "re-a" },
      { status: "rejected", kind: "permanent", code: "validation_error" },
      { status: "accepted", providerMessageId: "re-c" },
    ]);
    expect(calls[0]?.headers["x-batch-validation"]).toBe("permissive");
  });

  it.each([
    { data: [{ id: "a" }] },
    { data: [{ id: "a" }], errors: [{ index: 2, message: "" }] },
    { data: [{ id: "a" }, {}] },
    {},
  ])("knows nothing of a batch that is answered by %j", async (body) => {
    const { send } = await answered(resend, batched, [{ status: 200, body }]);
    expect(await send([mail(), mail()])).toMatchObject([{ status: "unknown" }, { status: "unknown" }]);
  });

  it("sends each alone, once, where a whole batch was refused for what it holds", async () => {
    const { send, calls } = await answered(resend, batched, [
      (call) => (call.url === "/emails/batch" ? failed(422, "validation_error") : taken(call)),
    ]);
    expect(await send([mail(), mail()])).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    expect(calls.map(({ url }) => url)).toEqual(["/emails/batch", "/emails", "/emails"]);
  });

  it.each([
    [{ status: 200, body: { data: [] } }, { status: "ok" }],
    [failed(401, "restricted_api_key"), { status: "ok" }],
    [failed(400, "validation_error"), { status: "failed", code: "400" }],
    [failed(403, "invalid_api_key"), { status: "failed", code: "403" }],
  ])("is probed by its domains, which a key that may only send is kept from: %j", async (reply, result) => {
    const { probe } = await answered(resend, settings, [taken], ({ method, url }) =>
      `${method} ${url}` === "GET /domains" ? reply : { status: 404 },
    );
    expect(await probe()).toMatchObject(result);
  });

  it.each([{ apiKey: "a\nb" }, { webhookSecret: "whsec_AAAA" }, { batch: "yes" }, { from: "x" }])(
    "takes no settings such as %j",
    (change) => {
      expect(resend.schema.safeParse(settings).success).toBe(true);
      expect(resend.schema.safeParse({ ...settings, ...change }).success).toBe(false);
    },
  );
});
