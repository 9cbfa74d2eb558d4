import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import twilio from "twilio";
import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage, ProviderDefinition } from "../../packages/server/src/ports/provider.ts";
import { twilioWhatsapp } from "../../packages/server/src/providers/chat/twilio-whatsapp.ts";
import { twilioSms } from "../../packages/server/src/providers/sms/twilio.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { type RecordedCall, startRecorder } from "../../packages/server/src/providers/testing/servers.ts";
import { readTwilio } from "../../packages/server/src/providers/twilio/feedback.ts";
import { sayLanguages } from "../../packages/server/src/providers/voice/say-language.ts";
import { twilioVoice } from "../../packages/server/src/providers/voice/twilio.ts";

const accountSid = `AC${"a1".repeat(16)}`;
const authToken = "0123456789abcdef0123456789abcdef";
const from = "+15558675310";
const to = "+436601234567";
const contentSid = `HX${"d4".repeat(16)}`;
const mediaUrl = ["https://shop.example/a.png", "https://shop.example/b.png?c=d&e"];

type Client = ReturnType<typeof twilio>;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function recorder(status = 201, body: object = { sid: `SM${"0f".repeat(16)}`, status: "queued" }) {
  const answer: RequestListener = (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const recorded = await startRecorder(answer);
  cleanups.push(recorded.close);
  const origin = `http://127.0.0.1:${recorded.port}`;
  /** Twilio's own client, which calls this server in place of api.twilio.com. */
  const httpClient = new twilio.RequestClient();
  httpClient.axios.interceptors.request.use((config) => {
    const { pathname, search } = new URL(config.url ?? "");
    return Object.assign(config, { url: origin + pathname + search });
  });
  const sdk = (username: string, password: string) => twilio(username, password, { accountSid, httpClient });
  return { ...recorded, origin, sdk };
}

const meaning = ({ method, url, headers, body }: RecordedCall) => ({
  method,
  url,
  authorization: headers.authorization,
  type: headers["content-type"],
  fields: [...new URLSearchParams(body)].sort(([a, x], [b, y]) => (a + x < b + y ? -1 : 1)),
});

/** One message by our provider and by Twilio's SDK: both requests. */
async function both(
  definition: ProviderDefinition,
  more: object,
  message: OutboundMessage,
  create: (client: Client, statusCallback: string) => Promise<unknown>,
) {
  const { calls, origin, sdk } = await recorder();
  const environment = testEnvironment();
  cleanups.push(environment.close);
  const settings = definition.schema.parse({ accountSid, authToken, baseUrl: origin, ...more });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  const outcomes = await definition.create(settings, environment).send([message], call);
  expect(outcomes).toMatchObject([{ status: "accepted" }]);
  const { apiKeySid, apiKeySecret } = { apiKeySid: accountSid, apiKeySecret: authToken, ...more };
  await create(sdk(apiKeySid, apiKeySecret), `${environment.feedbackUrl}&message=${message.id}`);
  const [ours, theirs] = calls.map(meaning);
  return { ours: ours ?? expect.unreachable(), theirs: theirs ?? expect.unreachable() };
}

describe("requests as Twilio's SDK makes them", () => {
  it("sends an SMS", async () => {
    const message = outbound("sms", to, { content: { text: "Grüße & €5 +1\n." }, expiresAt: null });
    const { ours, theirs } = await both(twilioSms, { from }, message, (client, statusCallback) =>
      client.messages.create({ to, from, body: "Grüße & €5 +1\n.", statusCallback }),
    );
    expect(ours).toEqual(theirs);
  });

  it("sends an MMS by a messaging service, with an API key", async () => {
    const messagingServiceSid = `MG${"c3".repeat(16)}`;
    const key = { apiKeySid: `SK${"b2".repeat(16)}`, apiKeySecret: "secret" };
    const message = outbound("sms", to, { content: { text: "a", mediaUrls: mediaUrl } });
    const { ours, theirs } = await both(twilioSms, { messagingServiceSid, ...key }, message, (client, statusCallback) =>
      client.messages.create({ to, messagingServiceSid, body: "a", mediaUrl, statusCallback }),
    );
    expect(ours).toEqual(theirs);
  });

  it("sends a template on WhatsApp", async () => {
    const contentVariables = { [contentSid]: { 1: "data.name" } };
    const stored = { ids: { twilio_whatsapp: contentSid }, data: { data: { name: "Anna" } } };
    const message = outbound("chat", `whatsapp:${to}`, { content: { stored } });
    const { ours, theirs } = await both(twilioWhatsapp, { from, contentVariables }, message, (client, statusCallback) =>
      client.messages.create({
        to: `whatsapp:${to}`,
        from: `whatsapp:${from}`,
        contentSid,
        contentVariables: JSON.stringify({ 1: "Anna" }),
        statusCallback,
      }),
    );
    expect(ours).toEqual(theirs);
  });

  it("calls, and says what the SDK's TwiML says", async () => {
    const text = `Your code: 1 & 2 <3 "four" 'five'`;
    const message = outbound("voice", to, { content: { text, locale: "de" } });
    const settings = { from, voices: { "de-DE": "Polly.Vicki" }, times: 2 };
    const { ours, theirs } = await both(twilioVoice, settings, message, (client, statusCallback) => {
      const twiml = new twilio.twiml.VoiceResponse();
      twiml.say({ language: "de-DE", voice: "Polly.Vicki", loop: 2 }, text);
      return client.calls.create({ to, from, twiml, statusCallback });
    });
    const plain = ({ fields, ...rest }: typeof ours) => ({
      ...rest,
      fields: fields.map(([name, value]) => [
        name,
        // the SDK writes a declaration, and quotes as they are, which XML means the same by
        name === "Twiml"
          ? value
              .replace(/^<\?xml[^>]*\?>/, "")
              .replaceAll("&quot;", '"')
              .replaceAll("&apos;", "'")
          : value,
      ]),
    });
    expect(plain(ours)).toEqual(plain(theirs));
  });

  it("knows the languages that the SDK knows", () => {
    const types = readFileSync(new URL("node_modules/twilio/lib/twiml/VoiceResponse.d.ts", import.meta.url), "utf8");
    const known = /type SayLanguage = ([^;]+);/.exec(types)?.[1]?.match(/[A-Za-z-]+/g) ?? expect.unreachable();
    // it has these twice: as cmn-CN, cmn-TW and yue-HK
    expect(new Set([...sayLanguages, "zh-CN", "zh-HK", "zh-TW"])).toEqual(new Set(known));
  });

  it("reads a refusal as the SDK does", async () => {
    const { origin, sdk } = await recorder(400, {
      code: 21211,
      message: `The 'To' number ${to} is not valid`,
      status: 400,
    });
    const theirs = await sdk(accountSid, authToken)
      .messages.create({ to, from, body: "a" })
      .catch((error: unknown) => error);
    expect(theirs).toMatchObject({ code: 21211, status: 400 });
    const environment = testEnvironment();
    cleanups.push(environment.close);
    const provider = twilioSms.create(
      twilioSms.schema.parse({ accountSid, authToken, from, baseUrl: origin }),
      environment,
    );
    const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
    expect(await provider.send([outbound("sms", to)], call)).toEqual([
      { status: "rejected", kind: "permanent", code: "21211" },
    ]);
  });
});

const now = Date.parse("2026-03-01T12:00:00Z");
const url = "https://tidings.example.com/v1/feedback/sms?environment=production&message=m-1";
function read(signature: string, rawBody: string, called = url) {
  const headers = { "x-twilio-signature": signature };
  return readTwilio({ accountSid, authToken }, { url: called, headers, rawBody: Buffer.from(rawBody), now });
}
const sdkSignature = (params: Record<string, unknown>, called = url, token = authToken) =>
  twilio.getExpectedTwilioSignature(token, called, params);

describe("signatures of Twilio's SDK", () => {
  const params = { MessageSid: "SM1", MessageStatus: "delivered", To: to, Body: "Grüße & <1>", AccountSid: accountSid };
  const body = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

  it("takes what it signs, and refuses what is altered or old in its key", () => {
    const signature = sdkSignature(params);
    expect(read(signature, body(params))).toMatchObject({ status: "verified", feedback: [{ kind: "delivered" }] });
    expect(read(signature, body({ ...params, MessageStatus: "failed" })).status).toBe("forged");
    expect(read(signature, body(params), url.replace("m-1", "m-2")).status).toBe("forged");
    expect(read(sdkSignature(params, url, "other"), body(params)).status).toBe("forged");
  });

  it("agrees with its verifier about addresses with and without a port", () => {
    const host = (authority: string) => url.replace("tidings.example.com", authority);
    const addresses = [
      url,
      host("tidings.example.com:443"),
      host("tidings.example.com:8443"),
      host("other.example.com"),
    ];
    for (const signed of addresses) {
      for (const called of addresses) {
        const signature = sdkSignature(params, signed);
        const theirs = twilio.validateRequest(authToken, signature, called, params);
        expect(read(signature, body(params), called).status !== "forged", `${signed} ${called}`).toBe(theirs);
      }
    }
  });

  it("agrees about fields that come several times", () => {
    const several = "MessageStatus=delivered&X=b&X=a&X=b";
    const signature = sdkSignature({ MessageStatus: "delivered", X: ["b", "a", "b"] });
    expect(read(signature, several).status).toBe("verified");
  });

  it("agrees about JSON", () => {
    const json = JSON.stringify({ MessageSid: "SM1", MessageStatus: "delivered" });
    const called = `${url}&bodySHA256=${twilio.getExpectedBodyHash(json)}`;
    const signature = sdkSignature({}, called);
    for (const text of [json, json.replace("delivered", "failed")]) {
      const theirs = twilio.validateRequestWithBody(authToken, signature, called, text);
      expect(read(signature, text, called).status === "verified").toBe(theirs);
    }
    expect(read(signature, json, called)).toMatchObject({ feedback: [{ messageId: "m-1", kind: "delivered" }] });
  });

  it("takes what our test signs", () => {
    const text = url + Object.entries(params).sort().flat().join("");
    const signature = createHmac("sha1", authToken).update(text).digest("base64");
    expect(twilio.validateRequest(authToken, signature, url, params)).toBe(true);
  });
});
