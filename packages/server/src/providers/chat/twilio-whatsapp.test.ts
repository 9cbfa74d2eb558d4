import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { httpVendorConformance } from "../testing/http-vendor.ts";
import { startRecorder } from "../testing/servers.ts";
import { twilioWhatsapp } from "./twilio-whatsapp.ts";

const accountSid = `AC${"a1".repeat(16)}`;
const sid = `SM${"0f".repeat(16)}`;
const contentSid = `HX${"d4".repeat(16)}`;
const to = "whatsapp:+436601234567";
const base = { accountSid, authToken: "token", from: "+15558675310" };
const fault = (code: number, status: number) => ({ status, body: { code, message: `about ${to}`, status } });

httpVendorConformance({
  name: "twilio_whatsapp",
  channel: "chat",
  to,
  create: (baseUrl, environment) =>
    twilioWhatsapp.create(twilioWhatsapp.schema.parse({ ...base, baseUrl }), environment),
  idsIn: ({ body }) => [
    new URL(new URLSearchParams(body).get("StatusCallback") ?? "").searchParams.get("message") ?? "",
  ],
  accepted: () => ({ status: 201, body: { sid, status: "queued" } }),
  transient: fault(20503, 503),
  permanent: fault(63016, 400),
  rateLimited: { ...fault(63018, 429), headers: { "retry-after": "90" } },
  malformed: { status: 201, body: "" },
  refusals: [
    {
      name: "a sender that WhatsApp does not know",
      reply: fault(63007, 400),
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "a text outside of the 24 hours",
      reply: fault(63016, 400),
      outcome: { kind: "permanent", suppress: undefined },
    },
    {
      name: "somebody who has blocked the sender",
      reply: fault(63014, 400),
      outcome: { kind: "permanent", suppress: true },
    },
    { name: "variables that do not fit", reply: fault(21656, 400), outcome: { kind: "permanent", code: "21656" } },
    { name: "the tier's limit", reply: fault(63018, 429), outcome: { scope: "integration", retryAfterMs: 60_000 } },
  ],
});

describe("WhatsApp through Twilio", () => {
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
    const settings = twilioWhatsapp.schema.parse({ ...base, baseUrl: `http://127.0.0.1:${port}`, ...more });
    const provider = twilioWhatsapp.create(settings, environment);
    const send = async (changes: Partial<OutboundMessage>) => {
      const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
      return (await provider.send([outbound("chat", to, changes)], call))[0];
    };
    const forms = () => calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    return { send, forms };
  }

  it("sends a text with a file to whom has written lately", async () => {
    const { send, forms } = await bench();
    const content = { text: "Hi", mediaUrls: ["https://shop.example/a.png"] };
    expect(await send({ content })).toEqual({ status: "accepted", providerMessageId: sid });
    expect(forms()).toMatchObject([
      { To: to, From: "whatsapp:+15558675310", Body: "Hi", MediaUrl: "https://shop.example/a.png" },
    ]);
  });

  it("sends a stored template in place of the text to all others", async () => {
    const messagingServiceSid = `MG${"c3".repeat(16)}`;
    const { send, forms } = await bench({
      messagingServiceSid,
      contentVariables: { [contentSid]: { 1: "data.code" } },
    });
    const stored = {
      ids: { twilio_whatsapp: contentSid, twilio: `HX${"e5".repeat(16)}` },
      data: { data: { code: 42 } },
    };
    await send({ content: { text: "Hi", mediaUrls: ["https://shop.example/a.png"], stored } });
    const { StatusCallback: _callback, ...fields } = forms()[0] ?? expect.unreachable();
    expect(fields).toEqual({
      To: to,
      From: "whatsapp:+15558675310",
      MessagingServiceSid: messagingServiceSid,
      ContentSid: contentSid,
      ContentVariables: '{"1":"42"}',
    });
  });

  it("sends a template without placeholders with none", async () => {
    const { send, forms } = await bench();
    await send({ content: { stored: { ids: { twilio_whatsapp: contentSid }, data: {} } } });
    expect(forms()[0]).not.toHaveProperty("ContentVariables");
  });

  it("refuses other addresses, several files, and nothing at all", async () => {
    const { send, forms } = await bench();
    expect(await send({ to: "+436601234567" })).toMatchObject({ kind: "permanent", code: "address_invalid" });
    for (const content of [{}, { text: "a", mediaUrls: ["https://a.example/1", "https://a.example/2"] }])
      expect(await send({ content })).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect(forms()).toEqual([]);
  });

  it("serves numbers on WhatsApp alone", () => {
    expect(
      [to, "+436601234567", "whatsapp:x", "C024BE91L", `${to}\n`].map((one) => twilioWhatsapp.serves?.(one)),
    ).toEqual([true, false, false, false, false]);
  });

  it("wants a sender", () => {
    const result = twilioWhatsapp.schema.safeParse({ ...base, from: undefined });
    expect(result.error?.issues[0]?.path).toEqual(["from"]);
    expect(twilioWhatsapp.schema.safeParse({ ...base, from: "whatsapp:+15558675310" }).success).toBe(false);
  });
});
