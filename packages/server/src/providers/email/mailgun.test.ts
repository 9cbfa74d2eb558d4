import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formOf } from "../testing/form.ts";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { answeredVendors, mail } from "../testing/mail-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { mailgun } from "./mailgun.ts";

const settings = { apiKey: "key-1", domain: "mg.shop.test", from: "Shop <hello@shop.test>" };
const path = "/v3/mg.shop.test/messages";

const variablesSchema = z.record(z.string(), z.looseObject({ message: z.string() }));
const valuesOf = (call: RecordedCall, name: string) =>
  formOf(call)
    .filter((each) => each.name === name)
    .map(({ value }) => value);
const variablesOf = (call: RecordedCall) =>
  variablesSchema.parse(JSON.parse(valuesOf(call, "recipient-variables")[0] ?? "{}"));

/** As Mailgun does it: each recipient's mail has the recipient's own variables in place. */
function idsOf(call: RecordedCall): string[] {
  const [id = ""] = valuesOf(call, "v:tidings_message");
  const variables = variablesOf(call);
  return valuesOf(call, "to").map((to) => id.replace("%recipient.message%", variables[to]?.message ?? "none"));
}

const taken = { status: 200, body: { id: "<20261130.1@mg.shop.test>", message: "Queued. Thank you." } };
const failed = (status: number) => ({ status, body: { message: "jane.doe@recipient.test is wrong" } });
const account = { kind: "transient", scope: "integration" };

const vendor: HttpVendor = {
  name: "mailgun",
  channel: "email",
  to: "jane.doe@recipient.test",
  create: (baseUrl, environment) => mailgun.create(mailgun.schema.parse({ ...settings, baseUrl }), environment),
  idsIn: (call) => (call.url === path && valuesOf(call, "to").length > 0 ? idsOf(call) : null),
  accepted: () => taken,
  transient: failed(503),
  permanent: failed(400),
  rateLimited: { ...failed(429), headers: { "retry-after": "7" } },
  malformed: { status: 200, body: { message: "Queued. Thank you." } },
  refusals: [
    { name: "400 is the message's", reply: failed(400), outcome: { kind: "permanent", code: "400", scope: undefined } },
    { name: "413 is the message's", reply: failed(413), outcome: { kind: "permanent", code: "413" } },
    ...[401, 402, 403, 404].map((status) => ({
      name: `${status} is the account's`,
      reply: failed(status),
      outcome: { ...account, code: String(status) },
    })),
    {
      name: "429 waits as long as it says, for all",
      reply: { ...failed(429), headers: { "retry-after": "7" } },
      outcome: { ...account, code: "429", retryAfterMs: 7000 },
    },
    { name: "500 passes", reply: { status: 500, body: "<html>" }, outcome: { kind: "transient", code: "500" } },
  ],
};

httpVendorConformance(vendor);

describe("mailgun", () => {
  const answered = answeredVendors(vendor);

  it("says who sends, by lane, what, and how to leave", async () => {
    const { send, calls } = await answered(mailgun, {
      ...settings,
      from: { default: "a@shop.test", marketing: "Shop, News <news@shop.test>" },
      replyTo: "help@shop.test",
    });
    const message = mail({ lane: "marketing", unsubscribeUrl: "https://t.test/u/1" });
    message.content.attachments = [
      { filename: 'a"b.ics', contentType: "text/calendar; method=REQUEST", content: Buffer.from("cal") },
      { filename: "logo.png", contentType: "image/png", content: "YWJj", contentId: "logo" },
    ];
    expect(await send([message])).toEqual([{ status: "accepted", providerMessageId: "<20261130.1@mg.shop.test>" }]);
    expect(calls[0]?.headers.authorization).toBe(`Basic ${Buffer.from("api:key-1").toString("base64")}`);
    expect(formOf(calls[0] ?? expect.unreachable())).toEqual([
      { name: "from", value: '"Shop, News" <news@shop.test>' },
      { name: "to", value: "jane.doe@recipient.test" },
      { name: "h:Reply-To", value: "help@shop.test" },
      { name: "subject", value: "Grüße" },
      { name: "text", value: "Hello\n.\nworld" },
      { name: "html", value: "<p>Hello</p>" },
      { name: "h:List-Unsubscribe", value: "<https://t.test/u/1>" },
      { name: "h:List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
      { name: "v:tidings_message", value: message.id },
      { name: "attachment", filename: "a%22b.ics", contentType: "text/calendar; method=REQUEST", value: "cal" },
      { name: "inline", filename: "logo", contentType: "image/png", value: "abc" },
    ]);
  });

  it("puts equal content into one call of at most 1,000, where each has an id and a way out of their own", async () => {
    const { send, calls } = await answered(mailgun, settings);
    const batch = Array.from({ length: 1001 }, (_, index) =>
      mail({ lane: "marketing", to: `r${index}@recipient.test`, unsubscribeUrl: `https://t.test/u/${index}` }),
    );
    const other = mail({ lane: "marketing", content: { text: "for her alone" } });
    expect((await send([...batch, other])).every(({ status }) => status === "accepted")).toBe(true);
    expect(calls.map((call) => idsOf(call).length).sort((a, b) => a - b)).toEqual([1, 1, 1000]);
    expect(new Set(calls.flatMap(idsOf))).toEqual(new Set([...batch, other].map(({ id }) => id)));
    const large = calls.find((call) => idsOf(call).length === 1000) ?? expect.unreachable();
    expect(valuesOf(large, "h:List-Unsubscribe")).toEqual(["%recipient.header0%"]);
    expect(variablesOf(large)["r7@recipient.test"]).toMatchObject({
      header0: "<https://t.test/u/7>",
      header1: "List-Unsubscribe=One-Click",
    });
  });

  it("never has an address twice in a call, in whatever case", async () => {
    const { send, calls } = await answered(mailgun, settings);
    const batch = ["a@r.test", "A@r.test", "b@r.test", "a@r.test"].map((to) => mail({ to }));
    await send(batch);
    expect(calls.map((call) => valuesOf(call, "to")).sort()).toEqual([
      ["A@r.test"],
      ["a@r.test"],
      ["a@r.test", "b@r.test"],
    ]);
    expect(calls.flatMap(idsOf).sort()).toEqual(batch.map(({ id }) => id).sort());
  });

  it("sends by itself what Mailgun would put a recipient's values into, and what has files", async () => {
    const { send, calls } = await answered(mailgun, settings);
    const content = { text: "100%recipient.message%" };
    const attachments = [{ filename: "a.txt", contentType: "text/plain", content: "YQ==" }];
    await send(["a@r.test", "b@r.test"].map((to) => mail({ to, content })));
    await send(["a@r.test", "b@r.test"].map((to) => mail({ to, content: { text: "x", attachments } })));
    expect(calls).toHaveLength(4);
    for (const call of calls) expect(valuesOf(call, "recipient-variables")).toEqual([]);
  });

  it("refuses a file whose type would end a line", async () => {
    const { send, calls } = await answered(mailgun, settings);
    const attachments = [{ filename: "a.txt", contentType: "text/plain;\r\nx=y", content: "YQ==" }];
    expect(await send([mail({ content: { text: "x", attachments } })])).toMatchObject([{ code: "content_invalid" }]);
    expect(calls).toEqual([]);
  });

  it("fills a stored template, for those with equal data in one call", async () => {
    const { send, calls } = await answered(mailgun, settings);
    const stored = (name: string) => ({ stored: { ids: { mailgun: "welcome" }, data: { name } } });
    const named = [
      ["a@r.test", "Anna"],
      ["b@r.test", "Ben"],
      ["c@r.test", "Anna"],
    ] as const;
    await send(named.map(([to, name]) => mail({ to, content: stored(name) })));
    expect(calls.map((call) => valuesOf(call, "to")).sort()).toEqual([["a@r.test", "c@r.test"], ["b@r.test"]]);
    const call = calls.find((each) => valuesOf(each, "to").length === 1) ?? expect.unreachable();
    expect(valuesOf(call, "template")).toEqual(["welcome"]);
    expect(valuesOf(call, "t:variables")).toEqual(['{"name":"Ben"}']);
    for (const name of ["text", "html", "subject"]) expect(valuesOf(call, name)).toEqual([]);
  });

  it("sends each alone, once, where a call was refused for what it holds, and asks no further where the account was", async () => {
    const refuse = await answered(mailgun, settings, [
      (call) => (valuesOf(call, "to").includes("bad@r.test") ? failed(400) : taken),
    ]);
    const batch = ["a@r.test", "bad@r.test", "c@r.test"].map((to) => mail({ to }));
    expect(await refuse.send(batch)).toMatchObject([
      { status: "accepted" },
      { kind: "permanent" },
      { status: "accepted" },
    ]);
    expect(refuse.calls.map((call) => idsOf(call).length)).toEqual([3, 1, 1, 1]);
    const closed = await answered(mailgun, settings, [failed(401)]);
    expect(await closed.send(batch)).toMatchObject([account, account, account]);
    expect(closed.calls).toHaveLength(1);
  });

  it("has its time over all its requests", async () => {
    const { send } = await answered(mailgun, settings, [failed(400)]);
    const batch = Array.from({ length: 3 }, (_, index) => mail({ to: `r${index}@r.test` }));
    expect(await send(batch, 0)).toMatchObject(Array(3).fill({ kind: "transient", code: "no_time_left" }));
  });

  it.each([
    [failed(400), { status: "ok" }],
    [failed(401), { status: "failed", code: "401" }],
    [failed(404), { status: "failed", code: "404" }],
    [taken, { status: "failed", code: "malformed_answer" }],
  ])("is probed by a message without recipient and content: %j", async (reply, result) => {
    const { probe } = await answered(mailgun, settings, [taken], (call) =>
      call.url === path && formOf(call).length === 0 ? reply : { status: 500 },
    );
    expect(await probe()).toMatchObject(result);
  });

  it("goes to where its domain lies", async () => {
    expect(mailgun.schema.parse(settings)).toMatchObject({ region: "us" });
    for (const change of [
      { region: "asia" },
      { domain: "a/../b.test" },
      { domain: "shop" },
      { apiKey: "a\rb" },
      { x: 1 },
    ])
      expect(mailgun.schema.safeParse({ ...settings, ...change }).success, JSON.stringify(change)).toBe(false);
  });
});
