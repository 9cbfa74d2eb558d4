import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, type TestEnvironment, testEnvironment } from "../testing/environment.ts";
import { httpVendorConformance, type VendorReply } from "../testing/http-vendor.ts";
import { type RecordedCall, startRecorder } from "../testing/servers.ts";
import { twilioSms } from "./twilio.ts";

const accountSid = `AC${"a1".repeat(16)}`;
const sid = `SM${"0f".repeat(16)}`;
const to = "+436601234567";
const settings = (more: object = {}) =>
  twilioSms.schema.parse({ accountSid, authToken: "token", from: "+15558675310", ...more });

const form = ({ body }: RecordedCall) => new URLSearchParams(body);
const idOf = (call: RecordedCall) => new URL(form(call).get("StatusCallback") ?? "").searchParams.get("message") ?? "";
const fault = (code: number, status: number) => ({
  status,
  body: { code, message: `about ${to}`, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

httpVendorConformance({
  name: "twilio",
  channel: "sms",
  to,
  create: (baseUrl, environment) => twilioSms.create(settings({ baseUrl }), environment),
  idsIn: (call) => (call.method === "POST" ? [idOf(call)] : null),
  accepted: () => ({ status: 201, body: { sid, status: "queued", error_code: null } }),
  transient: fault(20503, 503),
  permanent: fault(21211, 400),
  rateLimited: { ...fault(20429, 429), headers: { "retry-after": "3" } },
  malformed: { status: 201, body: { status: "queued" } },
  refusals: [
    ...[10001, 20003, 20005, 20403, 20404, 21606, 21660, 30002].map((code) => ({
      name: `the account or its sender (${code}) is held against the integration`,
      reply: fault(code, 400),
      outcome: { kind: "transient", scope: "integration", code: String(code), suppress: undefined },
    })),
    ...[21211, 21214, 21408, 21612, 21614, 21617, 21635, 30004, 30007].map((code) => ({
      name: `${code} ends the message and leaves the address`,
      reply: fault(code, 400),
      outcome: { kind: "permanent", code: String(code), suppress: undefined, scope: undefined },
    })),
    ...[21610, 30005, 30006].map((code) => ({
      name: `${code} ends the address`,
      reply: fault(code, 400),
      outcome: { kind: "permanent", code: String(code), suppress: true },
    })),
    {
      name: "429 without a header waits a little",
      reply: fault(20429, 429),
      outcome: { kind: "transient", scope: "integration", code: "20429", retryAfterMs: 1000 },
    },
    {
      name: "a handset that is away is tried after half an hour",
      reply: fault(30003, 400),
      outcome: { kind: "transient", code: "30003", retryAfterMs: 1_800_000, scope: undefined },
    },
    {
      name: "an unknown error is tried twice",
      reply: fault(30008, 400),
      outcome: { kind: "transient", code: "30008", attemptsMax: 2 },
    },
    {
      name: "a code that nobody knows is tried a few times and told of",
      reply: fault(29999, 400),
      outcome: { kind: "transient", code: "29999", unlisted: true, attemptsMax: 3, detail: undefined },
    },
    { name: "401 without a body", reply: { status: 401 }, outcome: { kind: "transient", scope: "integration" } },
    { name: "a gateway's page", reply: { status: 502, body: "<html>" }, outcome: { kind: "transient", code: "502" } },
  ],
});

describe("SMS through Twilio", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  const call = () => ({ callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });

  async function bench(
    more: object = {},
    changes: Partial<TestEnvironment> = {},
    reply: VendorReply = { status: 201, body: { sid } },
  ) {
    const environment = { ...testEnvironment(), ...changes };
    const { port, calls, close } = await startRecorder((_request, response) =>
      response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body)),
    );
    cleanups.push(close, environment.close);
    const provider = twilioSms.create(settings({ baseUrl: `http://127.0.0.1:${port}/`, ...more }), environment);
    const send = async (changes: Partial<OutboundMessage> = {}) =>
      (await provider.send([outbound("sms", to, changes)], call()))[0];
    return { provider, calls, send };
  }
  const sent = (calls: readonly RecordedCall[]) => form(calls[0] ?? expect.unreachable());

  it("posts number, sender, text and where to report, as the account", async () => {
    const { calls, send } = await bench();
    const message = outbound("sms", to);
    expect(await send(message)).toEqual({ status: "accepted", providerMessageId: sid });
    const [{ method, url, headers } = expect.unreachable()] = calls;
    expect([method, url]).toEqual(["POST", `/2010-04-01/Accounts/${accountSid}/Messages.json`]);
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`${accountSid}:token`).toString("base64")}`);
    expect(Object.fromEntries(sent(calls))).toEqual({
      To: to,
      From: "+15558675310",
      Body: message.content.text,
      StatusCallback: `https://tidings.example.com/v1/feedback/test?environment=development&message=${message.id}`,
    });
  });

  it("calls as an API key where there is one, and asks for no reports where nobody could take them", async () => {
    const apiKeySid = `SK${"b2".repeat(16)}`;
    const { calls, send } = await bench({ apiKeySid, apiKeySecret: "secret" }, { feedbackUrl: undefined });
    await send();
    expect(calls[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${apiKeySid}:secret`).toString("base64")}`);
    expect(calls[0]?.url).toBe(`/2010-04-01/Accounts/${accountSid}/Messages.json`);
    expect(sent(calls).has("StatusCallback")).toBe(false);
  });

  it("sends media, up to ten", async () => {
    const messagingServiceSid = `MG${"c3".repeat(16)}`;
    const { calls, send } = await bench({ from: undefined, messagingServiceSid });
    const mediaUrls = ["https://shop.example/a.png", "https://shop.example/b.png?c=d&e"];
    expect(await send({ content: { mediaUrls } })).toMatchObject({ status: "accepted" });
    expect(sent(calls).getAll("MediaUrl")).toEqual(mediaUrls);
    expect(sent(calls).get("MessagingServiceSid")).toBe(messagingServiceSid);
    expect(["Body", "From"].map((name) => sent(calls).has(name))).toEqual([false, false]);
    const refused = { kind: "permanent", code: "content_invalid" };
    expect(await send({ content: { mediaUrls: Array(11).fill(mediaUrls[0]) } })).toMatchObject(refused);
    expect(await send({ content: { text: "" } })).toMatchObject(refused);
    expect(calls).toHaveLength(1);
  });

  it("lets Twilio forget what nobody wants any more, within its ten hours", async () => {
    const { calls, send } = await bench();
    for (const seconds of [90, -5, 36_001]) await send({ expiresAt: Date.now() + seconds * 1000 + 500 });
    const validity = calls.map((one) => form(one).get("ValidityPeriod"));
    expect(validity[0]).toMatch(/^(89|90)$/);
    expect(validity.slice(1)).toEqual(["1", null]);
  });

  it("fills a stored template from what our own read", async () => {
    const listed = `HX${"d4".repeat(16)}`;
    const { calls, send } = await bench({
      contentVariables: { [listed]: { 1: "recipient.attributes.name", 2: "data.total" } },
    });
    const data = {
      data: { total: 12.5, note: "", tags: ["x"] },
      recipient: { id: "u1", attributes: { name: "Anna" } },
    };
    const stored = (id: string, more: object = {}) => ({
      text: "unused",
      stored: { ids: { twilio: id }, data: { ...data, ...more } },
    });
    await send({ content: stored(listed) });
    await send({ content: stored(`HX${"e5".repeat(16)}`) });
    expect(calls.map((one) => form(one).get("ContentSid"))).toEqual([listed, `HX${"e5".repeat(16)}`]);
    expect(calls.map((one) => form(one).has("Body"))).toEqual([false, false]);
    expect(calls.map((one) => JSON.parse(form(one).get("ContentVariables") ?? ""))).toEqual([
      { 1: "Anna", 2: "12.5" },
      { total: "12.5", recipient_id: "u1", recipient_attributes_name: "Anna" },
    ]);
    const refused = { kind: "permanent", code: "content_invalid" };
    expect(await send({ content: stored(listed, { data: {} }) })).toMatchObject(refused);
    expect(await send({ content: stored("HXnonsense") })).toMatchObject(refused);
    expect(await send({ content: { text: "own", stored: { ids: { sendgrid: "d-1" }, data } } })).toMatchObject({
      status: "accepted",
    });
    expect(form(calls[2] ?? expect.unreachable()).get("Body")).toBe("own");
    expect(calls).toHaveLength(3);
  });

  it.each([
    [200, { status: "active" }, {}, { status: "ok" }],
    [200, { status: "suspended" }, {}, { status: "failed", code: "account_inactive" }],
    [401, { code: 20003, status: 401 }, {}, { status: "failed", code: "20003" }],
    [200, { messages: [] }, { apiKeySid: `SK${"b2".repeat(16)}`, apiKeySecret: "secret" }, { status: "ok" }],
  ])("probes the account: %i %j", async (status, body, more, expected) => {
    const { provider, calls } = await bench(more, {}, { status, body });
    expect(await provider.probe?.(call())).toMatchObject(expected);
    const path = Object.keys(more).length > 0 ? "/Messages.json?PageSize=1" : ".json";
    expect(calls.map(({ method, url }) => [method, url])).toEqual([
      ["GET", `/2010-04-01/Accounts/${accountSid}${path}`],
    ]);
  });

  it.each([
    [{ accountSid: "AC1" }, "accountSid"],
    [{ authToken: undefined }, "authToken"],
    [{ authToken: "to\r\nken" }, "authToken"],
    [{ apiKeySid: `SK${"b2".repeat(16)}` }, "apiKeySecret"],
    [{ apiKeySecret: "secret" }, "apiKeySid"],
    [{ from: undefined }, "from"],
    [{ messagingServiceSid: `MG${"c3".repeat(16)}` }, "from"],
    [{ from: "Shop\r\nBcc: x" }, "from"],
    [{ from: "TwelveLetters" }, "from"],
    [{ baseUrl: "ftp://x" }, "baseUrl"],
    [{ contentVariables: { HX1: {} } }, "contentVariables"],
  ])("says what is wrong in settings: %j", (more, path) => {
    const result = twilioSms.schema.safeParse({ accountSid, authToken: "token", from: "Shop", ...more });
    expect(result.error?.issues[0]?.path[0]).toBe(path);
  });

  it.each(["+15558675310", "12345", "My Shop"])("takes %j as a sender", (from) => {
    expect(twilioSms.schema.safeParse({ accountSid, authToken: "token", from }).success).toBe(true);
  });
});
