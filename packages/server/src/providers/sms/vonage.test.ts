import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, type TestEnvironment, testEnvironment } from "../testing/environment.ts";
import { httpVendorConformance, type VendorReply } from "../testing/http-vendor.ts";
import { type RecordedCall, startRecorder } from "../testing/servers.ts";
import { vonageSms } from "./vonage.ts";

const to = "+436601234567";
const base = { apiKey: "abcd1234", apiSecret: "secret", from: "Shop" };
const settings = (more: object = {}) => vonageSms.schema.parse({ ...base, ...more });

const form = ({ body }: RecordedCall) => new URLSearchParams(body);
const parts = (...statuses: (string | number)[]): VendorReply => ({
  status: 200,
  body: {
    "message-count": String(statuses.length),
    messages: statuses.map((status, index) =>
      String(status) === "0"
        ? { to: "436601234567", "message-id": `0A${index}`, status, "remaining-balance": "3.14" }
        : { status, "error-text": `about ${to}` },
    ),
  },
});

httpVendorConformance({
  name: "vonage",
  channel: "sms",
  to,
  create: (baseUrl, environment) => vonageSms.create(settings({ baseUrl }), environment),
  idsIn: (call) => [form(call).get("client-ref") ?? ""],
  accepted: () => parts("0"),
  transient: parts("5"),
  permanent: parts("3"),
  rateLimited: { status: 429, headers: { "retry-after": "3" } },
  malformed: { status: 200, body: { messages: [] } },
  refusals: [
    ...["4", "8", "9", "11", "14", "15"].map((status) => ({
      name: `the account or its sender (${status}) is held against the integration`,
      reply: parts(status),
      outcome: { kind: "transient", scope: "integration", code: status, suppress: undefined },
    })),
    ...["2", "3", "6", "7", "12", "29"].map((status) => ({
      name: `${status} ends the message and leaves the address`,
      reply: parts(status),
      outcome: { kind: "permanent", code: status, suppress: undefined, detail: undefined },
    })),
    { name: "a number that is no longer in use", reply: parts("33"), outcome: { kind: "permanent", suppress: true } },
    {
      name: "too fast for the account",
      reply: parts("1"),
      outcome: { kind: "transient", scope: "integration", code: "1", retryAfterMs: 1000 },
    },
    { name: "a status as a number", reply: parts(9), outcome: { kind: "transient", code: "9" } },
    { name: "a status that nobody knows", reply: parts("77"), outcome: { code: "77", unlisted: true, attemptsMax: 3 } },
    { name: "401", reply: { status: 401 }, outcome: { kind: "transient", scope: "integration", code: "401" } },
    { name: "a gateway's page", reply: { status: 502, body: "<html>" }, outcome: { kind: "transient", code: "502" } },
  ],
});

describe("SMS through Vonage", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  const call = () => ({ callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });

  async function bench(reply: VendorReply = parts("0"), more: object = {}, changes: Partial<TestEnvironment> = {}) {
    const environment = { ...testEnvironment(), ...changes };
    const { port, calls, close } = await startRecorder((_request, response) =>
      response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body)),
    );
    cleanups.push(close, environment.close);
    const provider = vonageSms.create(settings({ baseUrl: `http://127.0.0.1:${port}/`, ...more }), environment);
    const send = async (changes: Partial<OutboundMessage> = {}) =>
      (await provider.send([outbound("sms", to, changes)], call()))[0];
    return { provider, calls, send };
  }

  it("posts sender, number, text, our id and where to report, with key and secret", async () => {
    const { calls, send } = await bench();
    const message = outbound("sms", to, { content: { text: "Grüße & €5" } });
    expect(await send(message)).toEqual({ status: "accepted", providerMessageId: "0A0" });
    const [{ method, url, headers } = expect.unreachable()] = calls;
    expect([method, url]).toEqual(["POST", "/sms/json"]);
    expect(headers.authorization).toBe(`Basic ${Buffer.from("abcd1234:secret").toString("base64")}`);
    expect(Object.fromEntries(form(calls[0] ?? expect.unreachable()))).toEqual({
      from: "Shop",
      to: "436601234567",
      text: "Grüße & €5",
      type: "text",
      "client-ref": message.id,
      callback: "https://tidings.example.com/v1/feedback/test?environment=development",
    });
  });

  it("says unicode where seven bits do not do, and asks for no receipts where nobody could take them", async () => {
    const { calls, send } = await bench(parts("0"), { from: "+15558675310" }, { feedbackUrl: undefined });
    for (const text of ["więcej", "😀", "[{€}]\n"]) await send({ content: { text } });
    expect(calls.map((one) => form(one).get("type"))).toEqual(["unicode", "unicode", "text"]);
    const first = form(calls[0] ?? expect.unreachable());
    expect([first.has("callback"), first.get("from")]).toEqual([false, "15558675310"]);
  });

  it("lets Vonage give up when nobody wants the message any more", async () => {
    const { calls, send } = await bench();
    for (const seconds of [3600, 1, 300_000]) await send({ expiresAt: Date.now() + seconds * 1000 });
    const [hour, least, most] = calls.map((one) => form(one).get("ttl"));
    expect(Number(hour)).toBeGreaterThan(3_500_000);
    expect(Number(hour)).toBeLessThanOrEqual(3_600_000);
    expect([least, most]).toEqual(["20000", null]);
  });

  it("does not know of a message of which some parts went out", async () => {
    expect(await (await bench(parts("0", "9"))).send()).toMatchObject({ status: "unknown", code: "partly_taken" });
    expect(await (await bench(parts("0", "0", "0"))).send()).toEqual({ status: "accepted", providerMessageId: "0A0" });
    expect(await (await bench(parts("12", "12"))).send()).toMatchObject({ kind: "permanent", code: "12" });
    for (const messages of [[{ status: "0" }], [{ status: "toString" }], [{}], "x"])
      expect(await (await bench({ status: 200, body: { messages } })).send()).toMatchObject({
        status: "unknown",
        code: "malformed_answer",
      });
  });

  it("refuses media, and what has no text", async () => {
    const { calls, send } = await bench();
    for (const content of [{ text: "a", mediaUrls: ["https://shop.example/a.png"] }, {}])
      expect(await send({ content })).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect(calls).toEqual([]);
  });

  it("probes by asking for the balance", async () => {
    const { provider, calls } = await bench({ status: 200, body: { value: 3.14, autoReload: false } });
    expect(await provider.probe?.(call())).toEqual({ status: "ok" });
    expect(calls.map(({ method, url }) => [method, url])).toEqual([["GET", "/account/get-balance"]]);
    const refused = await bench({ status: 401, body: {} });
    expect(await refused.provider.probe?.(call())).toMatchObject({ status: "failed", code: "401" });
  });

  it.each([
    [{ apiKey: "ab cd" }, "apiKey"],
    [{ apiSecret: "a\r\nb" }, "apiSecret"],
    [{ from: "Shop\n" }, "from"],
    [{ from: "TwelveLetters" }, "from"],
    [{ signatureMethod: "md5" }, "signatureMethod"],
  ])("says what is wrong in settings: %j", (more, path) => {
    expect(vonageSms.schema.safeParse({ ...base, ...more }).error?.issues[0]?.path[0]).toBe(path);
  });
});
