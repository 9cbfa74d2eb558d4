import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { httpVendorConformance } from "../testing/http-vendor.ts";
import { startRecorder } from "../testing/servers.ts";
import { sayLanguageOf } from "./say-language.ts";
import { twilioVoice } from "./twilio.ts";

const accountSid = `AC${"a1".repeat(16)}`;
const sid = `CA${"0f".repeat(16)}`;
const to = "+436601234567";
const base = { accountSid, authToken: "token", from: "+15558675310" };
const fault = (code: number, status: number) => ({ status, body: { code, message: `about ${to}`, status } });

httpVendorConformance({
  name: "twilio_voice",
  channel: "voice",
  to,
  create: (baseUrl, environment) => twilioVoice.create(twilioVoice.schema.parse({ ...base, baseUrl }), environment),
  idsIn: ({ body, url }) =>
    url.endsWith("/Calls.json")
      ? [new URL(new URLSearchParams(body).get("StatusCallback") ?? "").searchParams.get("message") ?? ""]
      : null,
  accepted: () => ({ status: 201, body: { sid, status: "queued" } }),
  transient: fault(20503, 503),
  permanent: fault(21217, 400),
  rateLimited: { ...fault(20429, 429), headers: { "retry-after": "3" } },
  malformed: { status: 201, body: "<TwilioResponse/>" },
  refusals: [
    {
      name: "a caller that is not verified",
      reply: fault(21210, 400),
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "a country that is not switched on",
      reply: fault(21215, 400),
      outcome: { kind: "permanent", code: "21215" },
    },
    {
      name: "a number that cannot be reached",
      reply: fault(21214, 400),
      outcome: { kind: "permanent", suppress: undefined },
    },
  ],
});

describe("calls through Twilio", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function bench(more: object = {}) {
    const environment = testEnvironment();
    const { port, calls, close } = await startRecorder((_request, response) =>
      response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ sid })),
    );
    cleanups.push(close, environment.close);
    const settings = twilioVoice.schema.parse({ ...base, baseUrl: `http://127.0.0.1:${port}`, ...more });
    const provider = twilioVoice.create(settings, environment);
    const send = async (content: OutboundMessage["content"]) => {
      const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
      return (await provider.send([outbound("voice", to, { content })], call))[0];
    };
    const twiml = () => calls.map(({ body }) => new URLSearchParams(body).get("Twiml"));
    return { calls, send, twiml };
  }

  it("reads the text out, and lets none of it be an instruction", async () => {
    const { calls, send, twiml } = await bench({ ringSeconds: 20 });
    const text = `Tom & "Ann" say 'hi' </Say><Dial>+1900</Dial>\u0000\ufffe\ud800 😀\n.`;
    expect(await send({ text })).toEqual({ status: "accepted", providerMessageId: sid });
    expect(twiml()).toEqual([
      '<Response><Say language="en-US">Tom &amp; &quot;Ann&quot; say &apos;hi&apos; &lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;    😀\n.</Say></Response>',
    ]);
    const fields = Object.fromEntries(new URLSearchParams(calls[0]?.body));
    expect(fields).toMatchObject({ To: to, From: "+15558675310", Timeout: "20" });
    expect(calls[0]?.url).toBe(`/2010-04-01/Accounts/${accountSid}/Calls.json`);
  });

  it("speaks the text's language, with the voice that is set for it", async () => {
    const { send, twiml } = await bench({ language: "en-GB", voices: { "de-DE": "Polly.Vicki" }, times: 2 });
    for (const locale of ["de", "de-AT", "xx-YY", "fr-CA"]) await send({ text: "a", locale });
    await send({ text: "a" });
    expect(twiml().map((one) => /<Say ([^>]*)>/.exec(one ?? "")?.[1])).toEqual([
      'language="de-DE" voice="Polly.Vicki" loop="2"',
      'language="de-AT" loop="2"',
      'language="en-GB" loop="2"',
      'language="fr-CA" loop="2"',
      'language="en-GB" loop="2"',
    ]);
  });

  it("refuses what cannot be said, and what is longer than Twilio takes", async () => {
    const { calls, send } = await bench();
    const refused = { kind: "permanent", code: "content_invalid" };
    for (const text of ["", " \u0000", "&".repeat(800)]) expect(await send({ text }), text).toMatchObject(refused);
    expect(await send({ text: "a".repeat(3900) })).toMatchObject({ status: "accepted" });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ["de", "de-DE"],
    ["de-CH", "de-DE"],
    ["DE-at", "de-AT"],
    ["en", "en-US"],
    ["es-AR", "es-ES"],
    ["pt-BR", "pt-BR"],
    ["zh", "cmn-CN"],
    ["zh-Hant-TW", "cmn-TW"],
    ["zh-HK", "yue-HK"],
    ["ar-EG", "arb"],
    ["no", "nb-NO"],
    ["ja", "ja-JP"],
    ["sr-Latn-RS", "sr-RS"],
    ["tlh", undefined],
    ["", undefined],
  ])("reads %j out as %j", (locale, language) => {
    expect(sayLanguageOf(locale)).toBe(language);
  });

  it.each([
    [{ from: "Shop" }, "from"],
    [{ language: "xx-YY" }, "language"],
    [{ voices: { "xx-YY": "Polly.Amy" } }, "voices"],
    [{ voices: { "en-GB": 'Polly" x="' } }, "voices"],
    [{ times: 0 }, "times"],
  ])("says what is wrong in settings: %j", (more, path) => {
    expect(twilioVoice.schema.safeParse({ ...base, ...more }).error?.issues[0]?.path[0]).toBe(path);
  });
});
