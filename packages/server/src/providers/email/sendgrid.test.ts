import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { answeredVendors, mail } from "../testing/mail-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { sendgrid } from "./sendgrid.ts";

const settings = { apiKey: "SG.key", from: "Shop <hello@shop.test>" };

const bodySchema = z.looseObject({
  personalizations: z.array(
    z.looseObject({
      to: z.array(z.object({ email: z.string() })),
      custom_args: z.object({ tidings_message: z.string() }),
      headers: z.record(z.string(), z.string()).optional(),
      dynamic_template_data: z.unknown().optional(),
    }),
  ),
});
const bodyOf = ({ body }: RecordedCall) => bodySchema.parse(JSON.parse(body));
const idsOf = (call: RecordedCall) =>
  bodyOf(call).personalizations.map(({ custom_args }) => custom_args.tidings_message);
const wrong = (...fields: (string | null)[]) => ({
  status: 400,
  body: { errors: fields.map((field) => ({ message: "jane.doe@recipient.test is wrong", field, help: null })) },
});
const taken = { status: 202, headers: { "x-message-id": "14c5d75ce93" } };

const vendor: HttpVendor = {
  name: "sendgrid",
  channel: "email",
  to: "jane.doe@recipient.test",
  create: (baseUrl, environment) => sendgrid.create(sendgrid.schema.parse({ ...settings, baseUrl }), environment),
  idsIn: (call) => (call.url === "/v3/mail/send" ? idsOf(call) : null),
  accepted: () => taken,
  transient: { status: 503 },
  permanent: wrong("subject"),
  rateLimited: { status: 429, headers: { "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 60) } },
  malformed: { status: 200, body: "<html>" },
  refusals: [
    {
      name: "400 is the message's, and tells where",
      reply: wrong("from.email"),
      outcome: { kind: "permanent", code: "400", detail: "from.email", scope: undefined, suppress: undefined },
    },
    {
      name: "a field that may hold anything is not told",
      reply: wrong("jane.doe@recipient.test"),
      outcome: { kind: "permanent", code: "400", detail: undefined },
    },
    { name: "413 is the message's", reply: { status: 413 }, outcome: { kind: "permanent", code: "413" } },
    ...["401", "403"].map((code) => ({
      name: `${code} is the account's`,
      reply: { status: Number(code), body: { errors: [{ message: "no", field: null }] } },
      outcome: { kind: "transient", code, scope: "integration" },
    })),
    {
      name: "429 is the account's, until its period ends",
      reply: { status: 429, headers: { "x-ratelimit-reset": "1" } },
      outcome: { kind: "transient", code: "429", scope: "integration", retryAfterMs: 1000 },
    },
    {
      name: "429 with Retry-After goes by that",
      reply: { status: 429, headers: { "retry-after": "7", "x-ratelimit-reset": "9999999999" } },
      outcome: { retryAfterMs: 7000 },
    },
    { name: "500 passes", reply: { status: 500 }, outcome: { kind: "transient", code: "500" } },
  ],
};

httpVendorConformance(vendor);

describe("sendgrid", () => {
  const answered = answeredVendors(vendor);

  it("says who sends, by lane, what, and how to leave", async () => {
    const { send, calls } = await answered(sendgrid, {
      ...settings,
      from: { default: "a@shop.test", marketing: '"Shop, News" <news@shop.test>' },
      replyTo: "Help <help@shop.test>",
    });
    const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/u/1" });
    expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: "14c5d75ce93" }]);
    expect(calls[0]?.headers.authorization).toBe("Bearer SG.key");
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
      personalizations: [
        {
          to: [{ email: "jane.doe@recipient.test" }],
          custom_args: { tidings_message: message.id },
          headers: {
            "List-Unsubscribe": "<https://t.test/u/1>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
          },
        },
      ],
      from: { email: "news@shop.test", name: "Shop, News" },
      reply_to: { email: "help@shop.test", name: "Help" },
      subject: "Grüße",
      content: [
        { type: "text/plain", value: "Hello\n.\nworld" },
        { type: "text/html", value: "<p>Hello</p>" },
      ],
    });
  });

  it("sends files, and those that the HTML shows in place", async () => {
    const { send, calls } = await answered(sendgrid, settings);
    const attachments = [
      { filename: "a.ics", contentType: "text/calendar; method=REQUEST", content: Buffer.from("cal") },
      { filename: "logo.png", contentType: "image/png", content: "AAEC", contentId: "logo" },
    ];
    const content = { html: '<img src="cid:logo">', attachments };
    await send([mail({ content }), mail({ content })]);
    expect(calls).toHaveLength(2);
    expect(JSON.parse(calls[0]?.body ?? "")).toMatchObject({
      content: [{ type: "text/html", value: '<img src="cid:logo">' }],
      attachments: [
        { filename: "a.ics", type: "text/calendar", content: "Y2Fs", disposition: "attachment" },
        { filename: "logo.png", type: "image/png", content: "AAEC", disposition: "inline", content_id: "logo" },
      ],
    });
  });

  it("puts equal content into one call of at most 1,000, and other content into another", async () => {
    const { send, calls } = await answered(sendgrid, settings);
    const equal = Array.from({ length: 1001 }, (_, index) => mail({ to: `r${index}@recipient.test` }));
    const other = mail({ content: { text: "for her alone" } });
    expect(await send([equal[0] ?? other, other, ...equal.slice(1)])).toHaveLength(1002);
    expect(calls.map((call) => idsOf(call).length).sort((a, b) => a - b)).toEqual([1, 1, 1000]);
    expect(new Set(calls.flatMap(idsOf)).size).toBe(1002);
  });

  it("fills a stored template with each recipient's own data, in one call", async () => {
    const { send, calls } = await answered(sendgrid, settings);
    const stored = (name: string) => ({ ids: { sendgrid: "d-1", mailgun: "x" }, data: { name } });
    await send(["Anna", "Ben"].map((name) => mail({ content: { stored: stored(name) } })));
    expect(calls).toHaveLength(1);
    const body = bodyOf(calls[0] ?? expect.unreachable());
    expect(body).toMatchObject({ template_id: "d-1" });
    expect(body).not.toHaveProperty("content");
    expect(body.personalizations.map((each) => each.dynamic_template_data)).toEqual([
      { name: "Anna" },
      { name: "Ben" },
    ]);
  });

  it("keeps templates apart, and waits for the end of a period no longer than it lasts", async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 60);
    const limited = { status: 429, headers: { "x-ratelimit-reset": reset } };
    const { send, calls } = await answered(sendgrid, settings, [limited]);
    const outcomes = await send(
      ["d-1", "d-2"].map((id) => mail({ content: { stored: { ids: { sendgrid: id }, data: {} } } })),
    );
    expect(calls.map((call) => bodyOf(call)["template_id"]).sort()).toEqual(["d-1", "d-2"]);
    for (const outcome of outcomes) {
      const { retryAfterMs = 0 } = outcome.status === "rejected" ? outcome : {};
      expect(retryAfterMs).toBeGreaterThan(50_000);
      expect(retryAfterMs).toBeLessThanOrEqual(61_000);
    }
  });

  it("puts an address and a URL to leave by on one line", async () => {
    const leave = { unsubscribeUrl: "https://shop.test/u/{message}", unsubscribeMailto: "mailto:leave@shop.test" };
    const { send, calls } = await answered(sendgrid, { ...settings, ...leave });
    const message = mail({ lane: "marketing" });
    await send([message]);
    const [first] = bodyOf(calls[0] ?? expect.unreachable()).personalizations;
    expect(first?.headers?.["List-Unsubscribe"]).toBe(`<https://shop.test/u/${message.id}>, <mailto:leave@shop.test>`);
  });

  it("makes nothing of a recipient's place that is not in the call", async () => {
    const { send, calls } = await answered(sendgrid, settings, [wrong("personalizations.2.to.0.email"), taken]);
    expect(await send([mail(), mail()])).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    expect(calls.map((call) => idsOf(call).length)).toEqual([2, 1, 1]);
  });

  it("refuses for good whom SendGrid names, and sends to the others once more", async () => {
    const { send, calls } = await answered(sendgrid, settings, [wrong("personalizations.1.to.0.email"), taken]);
    const batch = [mail(), mail({ to: "x@recipient.test" }), mail()];
    expect(await send(batch)).toMatchObject([
      { status: "accepted" },
      { kind: "permanent", code: "400" },
      { status: "accepted" },
    ]);
    expect(calls.map(idsOf)).toEqual([batch.map(({ id }) => id), [batch[0]?.id, batch[2]?.id]]);
  });

  it("sends each alone, once, where nobody knows whose fault a refusal is", async () => {
    const bad = mail();
    const { send, calls } = await answered(sendgrid, settings, [
      (call) => (idsOf(call).includes(bad.id) ? { status: 400 } : taken),
    ]);
    const outcomes = await send([mail(), bad, mail()]);
    expect(outcomes).toMatchObject([{ status: "accepted" }, { kind: "permanent" }, { status: "accepted" }]);
    expect(calls.map((call) => idsOf(call).length)).toEqual([3, 1, 1, 1]);
  });

  it("asks no further where what all share was refused, or the account", async () => {
    for (const reply of [wrong("content.0.value"), { status: 401 }, { status: 503 }]) {
      const { send, calls } = await answered(sendgrid, settings, [reply]);
      expect((await send([mail(), mail()])).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(calls).toHaveLength(1);
    }
  });

  it("refuses by itself what cannot be mailed, and sends the rest", async () => {
    const { send, calls } = await answered(sendgrid, settings);
    const outcomes = await send([
      mail({ to: "nobody" }),
      mail({ content: { subject: "a\r\nBcc: b@c.test", text: "x" } }),
      mail({ content: { subject: "nothing" } }),
      mail(),
    ]);
    expect(outcomes).toMatchObject([
      { kind: "permanent", code: "address_invalid" },
      { kind: "permanent", code: "content_invalid" },
      { kind: "permanent", code: "content_invalid" },
      { status: "accepted" },
    ]);
    expect(calls).toHaveLength(1);
  });

  it("takes a 202 without an id as accepted", async () => {
    const { send } = await answered(sendgrid, settings, [{ status: 202 }]);
    expect(await send([mail()])).toEqual([{ status: "accepted" }]);
  });

  it.each([
    [{ status: 200, body: { scopes: ["mail.send", "alerts.read"] } }, { status: "ok" }],
    [
      { status: 200, body: { scopes: ["alerts.read"] } },
      { status: "failed", code: "mail.send" },
    ],
    [
      { status: 200, body: "nonsense" },
      { status: "failed", code: "malformed_answer" },
    ],
    [
      { status: 401, body: {} },
      { status: "failed", code: "401" },
    ],
  ])("is probed by what its key may do: %j", async (reply, result) => {
    const { probe, calls } = await answered(sendgrid, settings, [taken], ({ method, url }) =>
      `${method} ${url}` === "GET /v3/scopes" ? reply : { status: 404 },
    );
    expect(await probe()).toMatchObject(result);
    expect(calls).toEqual([]);
  });

  it.each([
    { apiKey: "a\r\nb" },
    { from: "a@b.test\r\nBcc: c@d.test" },
    { webhookPublicKey: "nonsense" },
    { region: "us" },
    { unsubscribeMailto: "mailto:a@b.test" },
    { more: 1 },
  ])("takes no settings such as %j", (change) => {
    expect(sendgrid.schema.safeParse(settings).success).toBe(true);
    expect(sendgrid.schema.safeParse({ ...settings, ...change }).success).toBe(false);
  });
});
