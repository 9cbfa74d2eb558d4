import type { IncomingHttpHeaders } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { startRecorder } from "../testing/servers.ts";
import { genericHttp } from "./http.ts";

const create =
  (settings: object): HttpVendor["create"] =>
  (baseUrl, environment) =>
    genericHttp.create(genericHttp.schema.parse({ baseUrl, ...settings }), environment);
const refs = (json: unknown) =>
  z
    .array(z.object({ ref: z.string() }))
    .parse(json)
    .map(({ ref }) => ref);

/** An SMS vendor as nobody runs it: its answers, its codes, its reports are all told by settings. */
const answer = {
  code: "error.code",
  messageId: "id",
  retryAfter: { path: "error.wait", unit: "seconds" },
  rules: [
    { code: "number_dead", is: "permanent", suppress: true },
    { code: ["bad_text", 4711], is: "permanent" },
    { status: 402, is: "transient", scope: "integration", retryAfterMs: 60_000 },
    { status: 400, code: "busy", is: "transient", scope: "destination", attemptsMax: 2 },
    { status: 409, is: "unknown" },
    { status: 208, is: "accepted" },
  ],
};
const item = { to: { $: "message.to", as: "digits" }, text: { $: "message.text" }, ref: { $: "message.id" } };
const single = {
  auth: { type: "bearer" },
  secret: "s3cret",
  request: { path: "/v1/messages", body: item },
  answer,
};
const refusal = (status: number, code: string, more: object = {}) => ({ status, body: { error: { code, ...more } } });

const vendor: HttpVendor = {
  name: "http (one message per call)",
  channel: "sms",
  to: "+4366012345",
  create: create(single),
  idsIn: ({ body }) => refs([JSON.parse(body)]),
  accepted: () => ({ status: 201, body: { id: 17 } }),
  transient: { status: 500 },
  permanent: refusal(400, "bad_text"),
  rateLimited: refusal(429, "slow_down", { wait: 1.5 }),
  malformed: { status: 200, body: "<html>" },
  refusals: [
    {
      name: "a code of the table, with the address ended",
      reply: refusal(400, "number_dead"),
      outcome: { kind: "permanent", code: "number_dead", suppress: true, scope: undefined },
    },
    {
      name: "a code that is a number",
      reply: { status: 400, body: { error: { code: 4711 } } },
      outcome: { kind: "permanent", code: "4711" },
    },
    {
      name: "a status of the table, whatever its code",
      reply: refusal(402, "no_money"),
      outcome: { kind: "transient", code: "no_money", scope: "integration", retryAfterMs: 60_000 },
    },
    {
      name: "a rule of status and code that fits",
      reply: refusal(400, "busy"),
      outcome: { kind: "transient", scope: "destination", attemptsMax: 2 },
    },
    {
      name: "a rule of status and code that does not fit",
      reply: refusal(422, "busy"),
      outcome: { kind: "transient", unlisted: true, scope: undefined },
    },
    { name: "a status after which nobody knows", reply: { status: 409 }, outcome: { status: "unknown", code: "409" } },
    {
      name: "the key, where no rule speaks of it, is the integration's",
      reply: { status: 401 },
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "a time to wait that stands in the body",
      reply: refusal(429, "slow_down", { wait: 1.5 }),
      outcome: { kind: "transient", retryAfterMs: 1500 },
    },
    {
      name: "a code that nobody listed",
      reply: refusal(400, "brand_new"),
      outcome: { kind: "transient", code: "brand_new", unlisted: true, attemptsMax: 3 },
    },
    {
      name: "what is no code is not repeated",
      reply: refusal(400, "no such number: +4366012345"),
      outcome: { kind: "permanent", code: "400" },
    },
    {
      name: "a success that has no id",
      reply: { status: 200, body: {} },
      outcome: { status: "unknown", code: "malformed_answer" },
    },
    { name: "a success of the table that has no id", reply: { status: 208, body: {} }, outcome: { status: "unknown" } },
  ],
};
httpVendorConformance(vendor);

const results = { path: "results", message: "ref", code: "status", messageId: "id" };
const batched = {
  auth: { type: "basic", user: "shop" },
  secret: "s3cret",
  request: { path: "/batch", body: { from: "Shop", messages: { $items: item } } },
  answer: { ...answer, rules: [{ code: "ok", is: "accepted" }, ...answer.rules] },
  batch: { max: 100, results },
};
const messagesOf = (body: string) => refs(z.object({ messages: z.unknown() }).parse(JSON.parse(body)).messages);
const entries = (ids: readonly string[], status = "ok") => ids.map((ref, index) => ({ ref, status, id: `v${index}` }));
const all = (results: readonly object[]) => ({ status: 200, body: { results } });

const batchVendor: HttpVendor = {
  ...vendor,
  name: "http (several messages per call)",
  create: create(batched),
  idsIn: ({ body }) => messagesOf(body),
  accepted: ({ body }) => all(entries(messagesOf(body)).reverse()),
  malformed: { status: 200, body: { results: "none" } },
  refusals: [
    {
      name: "a refusal of the whole call",
      reply: refusal(400, "number_dead"),
      outcome: { kind: "permanent", suppress: true },
    },
    { name: "an answer without the message", reply: all(entries(["other"])), outcome: { status: "unknown" } },
  ],
};
httpVendorConformance(batchVendor);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The provider of some settings, and what the vendor hears; `reply` answers each call by its body. */
async function bench(settings: object, reply: (body: string) => Reply = () => ({ status: 200 })) {
  const { port, calls, close } = await startRecorder((_request, response) => {
    const { status, headers = {}, body } = reply(calls.at(-1)?.body ?? "");
    response.writeHead(status, headers).end(body === undefined ? "" : JSON.stringify(body));
  });
  const environment = testEnvironment();
  const provider = create(settings)(`http://127.0.0.1:${port}/api/`, environment);
  cleanups.push(close, environment.close);
  const context = { callId: "call-1", timeoutMs: 10_000, signal: AbortSignal.timeout(60_000) };
  return {
    calls,
    provider,
    send: (...batch: OutboundMessage[]) => provider.send(batch, context),
    probe: () => provider.probe?.(context),
  };
}

const sms = (changes: Partial<OutboundMessage> = {}) => outbound("sms", "+4366012345", changes);

describe("a request made of data", () => {
  it("has values, texts, forms, defaults and what is literal, and leaves out what is not there", async () => {
    const body = {
      to: { $: "message.to", as: "digits" },
      plus: { $: "message.to" },
      label: { $text: "tidings:{message.id} of {message.recipient}{x" },
      at: { $: "message.createdAt", as: "seconds" },
      iso: { $: "message.createdAt", as: "iso" },
      expires: { $: "message.expiresAt" },
      media: { $: "message.mediaUrls", default: [] },
      first: { $: "message.mediaUrls.0" },
      rich: { $: "message.body.blocks.0.type" },
      callback: { $: "feedbackUrl" },
      list: [1, { $: "message.tenant" }, { $schema: "s" }],
      gone: { $text: "{message.tenant}" },
      inherited: { $: "message.body.__proto__" },
    };
    const { send, calls } = await bench({ request: { path: "/send", body } });
    const message = sms({ createdAt: 1_700_000_000_500, content: { text: "x", body: '{"blocks":[{"type":"t"}]}' } });
    expect(await send(message)).toEqual([{ status: "accepted" }]);
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
      to: "4366012345",
      plus: "+4366012345",
      label: `tidings:${message.id} of user-1{x`,
      at: 1_700_000_000,
      iso: "2023-11-14T22:13:20.500Z",
      media: [],
      rich: "t",
      callback: "https://tidings.example.com/v1/feedback/test?environment=development",
      list: [1, { $schema: "s" }],
    });
  });

  it("has files as base64, and numbers", async () => {
    const body = {
      files: { $: "message.attachments" },
      badge: { $: "message.push.badge", as: "text" },
      n: { $: "message.text", as: "number" },
    };
    const { send, calls } = await bench({ request: { path: "/", body } });
    const attachments = [{ filename: "a.txt", contentType: "text/plain", content: Buffer.from("hi") }];
    await send(outbound("email", "a@b.example", { content: { text: "7", push: { badge: 3 }, attachments } }));
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
      files: [{ filename: "a.txt", contentType: "text/plain", content: "aGk=" }],
      badge: "3",
      n: 7,
    });
  });

  it("encodes values in path and query, and a value that would leave the path sends nothing", async () => {
    const request = {
      method: "PUT",
      path: "/m/{message.to}/x",
      query: { "a b": "{message.text}&", t: "{message.tenant}" },
    };
    const { send, calls } = await bench({ request });
    await send(outbound("chat", "a/../b?c", { content: { text: "ü&=" } }));
    expect(calls[0]).toMatchObject({ method: "PUT", url: "/api/m/a%2F..%2Fb%3Fc/x?a+b=%C3%BC%26%3D%26", body: "" });
    expect(await send(outbound("chat", ".."))).toMatchObject([{ kind: "permanent", code: "content_invalid" }]);
    await send(outbound("chat", "\ud800"));
    expect(calls[1]?.url).toBe("/api/m/%EF%BF%BD/x?a+b=Hello%0A.%0Aworld%26");
    expect(calls).toHaveLength(2);
  });

  it("is a form where that is asked for", async () => {
    const body = { to: { $: "message.to" }, flash: true, media: { $: "message.mediaUrls" } };
    const { send, calls } = await bench({ request: { path: "/", format: "form", body } });
    await send(sms({ content: { text: "x", mediaUrls: ["https://x/1", "https://x/2"] } }));
    expect(calls[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(calls[0]?.body).toBe("to=%2B4366012345&flash=true&media=https%3A%2F%2Fx%2F1&media=https%3A%2F%2Fx%2F2");
  });

  it("has headers, in which no value makes a line of its own", async () => {
    const headers = { "Idempotency-Key": "{message.idempotencyKey}", "X-Text": "{message.text}" };
    const { send, calls } = await bench({ request: { path: "/", headers }, idempotent: true });
    const message = sms({ content: { text: "plain" } });
    await send(message);
    expect(calls[0]?.headers).toMatchObject({ "idempotency-key": message.idempotencyKey, "x-text": "plain" });
    expect(await send(sms({ content: { text: "a\r\nauthorization: x" } }))).toMatchObject([
      { kind: "permanent", code: "content_invalid" },
    ]);
    expect(calls).toHaveLength(1);
  });

  it.each<[object, IncomingHttpHeaders]>([
    [{ type: "bearer" }, { authorization: "Bearer k" }],
    [{ type: "basic", user: "u" }, { authorization: `Basic ${Buffer.from("u:k").toString("base64")}` }],
    [{ type: "header", name: "X-Api-Key" }, { "x-api-key": "k" }],
    [{ type: "header", name: "Authorization", prefix: "Key " }, { authorization: "Key k" }],
  ])("says who it is from by %j", async (auth, headers) => {
    const { send, calls } = await bench({ auth, secret: "k", request: { path: "/" }, probe: { path: "/me" } });
    await send(sms());
    expect(calls[0]?.headers).toMatchObject(headers);
  });
});

describe("an answer read by data", () => {
  const first = async (settings: object, reply: Reply) => {
    const { send } = await bench({ request: { path: "/" }, ...settings }, () => reply);
    return (await send(sms()))[0];
  };

  it("whose codes say that it was taken leaves open what another code means", async () => {
    const settings = { answer: { code: "status", messageId: "id", rules: [{ code: "0", is: "accepted" }] } };
    expect(await first(settings, { status: 200, body: { status: 0, id: "a" } })).toEqual({
      status: "accepted",
      providerMessageId: "a",
    });
    expect(await first(settings, { status: 200, body: { status: 5 } })).toMatchObject({ status: "unknown", code: "5" });
    expect(await first(settings, { status: 200, body: {} })).toMatchObject({ code: "malformed_answer" });
  });

  it("may refuse in a 200", async () => {
    const settings = { answer: { code: "status", rules: [{ code: "5", is: "transient", retryAfterMs: 1000 }] } };
    expect(await first(settings, { status: 200, body: { status: "5" } })).toEqual({
      status: "rejected",
      kind: "transient",
      code: "5",
      retryAfterMs: 1000,
    });
  });

  it("says when to come again in a header of its own, in seconds or milliseconds, for a day at most", async () => {
    const settings = { answer: { retryAfter: { header: "X-Wait", unit: "milliseconds" } } };
    expect(await first(settings, { status: 429, headers: { "x-wait": "250" } })).toMatchObject({ retryAfterMs: 250 });
    expect(await first(settings, { status: 503, headers: { "x-wait": "9e99" } })).toMatchObject({
      retryAfterMs: 86_400_000,
    });
    expect(await first(settings, { status: 429, headers: { "x-wait": "soon" } })).not.toHaveProperty("retryAfterMs");
    expect(await first({}, { status: 429, headers: { "retry-after": "2" } })).toMatchObject({ retryAfterMs: 2000 });
  });
});

describe("several messages in one call", () => {
  it("get each their own outcome, whatever the order of the answer", async () => {
    const { send, calls } = await bench(batched, (body) => {
      const [a = "", b = "", c = ""] = messagesOf(body);
      return all([...entries([c]), ...entries([b], "number_dead"), ...entries([a], "brand_new")]);
    });
    expect(await send(sms(), sms(), sms())).toMatchObject([
      { status: "unknown", code: "brand_new" },
      { kind: "permanent", code: "number_dead", suppress: true },
      { status: "accepted", providerMessageId: "v0" },
    ]);
    expect(calls).toHaveLength(1);
  });

  it("get theirs by place where entries have no id of ours, and none where their number is another", async () => {
    const { message: _message, ...byPlace } = results;
    const settings = { ...batched, batch: { max: 10, results: byPlace } };
    const { send } = await bench(settings, (body) => all(entries(messagesOf(body))));
    expect(await send(sms(), sms())).toMatchObject([{ providerMessageId: "v0" }, { providerMessageId: "v1" }]);
    const short = await bench(settings, (body) => all(entries(messagesOf(body).slice(1))));
    expect(await short.send(sms(), sms())).toMatchObject([{ status: "unknown" }, { status: "unknown" }]);
  });

  it("go one by one, once, where one of them had all refused", async () => {
    const bad = sms();
    const { send, calls } = await bench(batched, (body) =>
      messagesOf(body).includes(bad.id) ? refusal(400, "bad_text") : all(entries(messagesOf(body))),
    );
    expect(await send(sms(), bad, sms())).toMatchObject([
      { status: "accepted" },
      { kind: "permanent", code: "bad_text" },
      { status: "accepted" },
    ]);
    expect(calls).toHaveLength(4);
  });

  it("are not sent again for what is the account's", async () => {
    const { send, calls } = await bench(batched, () => refusal(402, "no_money"));
    expect(await send(sms(), sms())).toMatchObject([{ scope: "integration" }, { scope: "integration" }]);
    expect(calls).toHaveLength(1);
    const forGood = { ...batched, answer: { rules: [{ status: 402, is: "permanent", scope: "integration" }] } };
    const closed = await bench(forGood, () => refusal(402, "no_money"));
    expect(await closed.send(sms(), sms())).toMatchObject([{ kind: "permanent" }, { kind: "permanent" }]);
    expect(closed.calls).toHaveLength(1);
  });
});

describe("a probe", () => {
  const settings = { ...single, probe: { path: "/v1/account" } };

  it("asks what it is told to, and needs no id in the answer", async () => {
    const good = await bench(settings);
    expect(await good.probe()).toEqual({ status: "ok" });
    expect(good.calls[0]).toMatchObject({
      method: "GET",
      url: "/api/v1/account",
      headers: { authorization: "Bearer s3cret" },
    });
    const bad = await bench(settings, () => refusal(402, "no_money"));
    expect(await bad.probe()).toMatchObject({ status: "failed", code: "no_money" });
  });

  it("checks nothing where there is nothing to ask", async () => {
    const { probe, calls } = await bench(single);
    expect(await probe()).toMatchObject({ status: "unchecked" });
    expect(calls).toHaveLength(0);
  });
});
