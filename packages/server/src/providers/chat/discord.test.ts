import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { chatBench, fieldsOf, type Reply } from "./chat-bench.conformance.ts";
import { discord } from "./discord.ts";

const webhook = "https://discord.com/api/webhooks/1234567890/ab-cd_ef";
const said = z.object({ content: z.string() });
const sent: Reply = { status: 200, body: { id: "1234567890123456789", channel_id: "1" } };
const refusal = (status: number, code: number): Reply => ({ status, body: { code, message: "x" } });

const vendor: HttpVendor = {
  name: "discord",
  channel: "chat",
  to: webhook,
  create: (baseUrl, environment) => discord.create(discord.schema.parse({ baseUrl }), environment),
  changes: (id) => ({ content: { text: id } }),
  idsIn: ({ body }) => [said.parse(JSON.parse(body)).content],
  accepted: () => sent,
  transient: { status: 502, body: "<html>" },
  permanent: refusal(400, 50035),
  rateLimited: { status: 429, body: { message: "x", retry_after: 0.25, global: false } },
  malformed: { status: 200, body: "{}" },
  refusals: [
    ...[10015, 50027, 10003].map((code) => ({
      name: `${code} ends the webhook`,
      reply: refusal(404, code),
      outcome: { kind: "permanent", code: String(code), suppress: true },
    })),
    {
      name: "a webhook's own limit is the message's, and its time stands in the body",
      reply: {
        status: 429,
        headers: { "retry-after": "1" },
        body: { retry_after: 0.251, global: false, message: "x" },
      },
      outcome: { kind: "transient", code: "rate_limited", scope: "message", retryAfterMs: 251 },
    },
    {
      name: "the global limit is the integration's",
      reply: { status: 429, body: { retry_after: 64.57, global: true, message: "x" } },
      outcome: { kind: "transient", code: "rate_limited_global", scope: "integration", retryAfterMs: 64_570 },
    },
    {
      name: "a 429 of Cloudflare has the header alone",
      reply: { status: 429, headers: { "retry-after": "60" }, body: "error code: 1015" },
      outcome: { kind: "transient", code: "429", retryAfterMs: 60_000 },
    },
    {
      name: "a 403 of Cloudflare is everybody's",
      reply: { status: 403, body: "<html>" },
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "what AutoMod takes out ends the message alone",
      reply: refusal(400, 200000),
      outcome: { kind: "permanent", code: "200000", suppress: undefined, scope: undefined },
    },
    {
      name: "a code that nobody listed is tried again, and told of",
      reply: refusal(400, 99999),
      outcome: { kind: "transient", code: "99999", unlisted: true },
    },
  ],
};
httpVendorConformance(vendor);

describe("discord", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const bench of open.splice(0)) await bench.close();
  });
  const bench = async (settings: object, ...replies: Reply[]) => {
    const made = await chatBench(discord, (baseUrl) => ({ baseUrl, ...settings }), ...replies);
    open.push(made);
    return made;
  };

  it("waits for the id, calls nobody, and shows pictures", async () => {
    const { send, calls } = await bench({ username: "Shop" }, sent);
    expect(await send(webhook, { text: "@everyone", mediaUrls: ["https://x.example/a.png"] })).toEqual({
      status: "accepted",
      providerMessageId: "1234567890123456789",
    });
    expect(calls[0]?.url).toBe("/api/webhooks/1234567890/ab-cd_ef?wait=true");
    expect(calls[0]?.headers["user-agent"]).toBe("Tidings");
    expect(fieldsOf(calls[0])).toEqual({
      content: "@everyone",
      allowed_mentions: { parse: [] },
      username: "Shop",
      embeds: [{ image: { url: "https://x.example/a.png" } }],
    });
  });

  it("keeps the thread of the address", async () => {
    const { send, calls } = await bench({}, sent);
    await send(`${webhook}?thread_id=42&wait=false`, { text: "x" });
    expect(calls[0]?.url).toBe("/api/webhooks/1234567890/ab-cd_ef?thread_id=42&wait=true");
  });

  it("lays a message's own fields over its request", async () => {
    const { send, calls } = await bench({}, sent);
    const embeds = [{ title: "T" }];
    await send(webhook, { text: "x", mediaUrls: ["https://x.example/a.png"], body: JSON.stringify({ embeds }) });
    expect(fieldsOf(calls[0])).toEqual({ content: "x", allowed_mentions: { parse: [] }, embeds });
    expect(await send(webhook, { text: "x", body: "null" })).toMatchObject({ code: "content_invalid" });
  });

  it.each([
    "https://discord.com/api/v10/webhooks/1/a",
    "https://discordapp.com/api/webhooks/1/a",
    "https://canary.discord.com/api/webhooks/1/a?thread_id=1",
  ])("serves %s", (to) => {
    expect(discord.serves?.(to)).toBe(true);
  });

  it.each([
    "https://discord.com.evil.example/api/webhooks/1/a",
    "https://evil.example/?https://discord.com/api/webhooks/1/a",
    "http://discord.com/api/webhooks/1/a",
    "https://discord.com/api/webhooks/1/a/slack",
    "https://discord.com/api/webhooks/1/../../users/@me",
    "123456",
  ])("sends nothing to %s", async (to) => {
    const { send, calls } = await bench({}, sent);
    expect(discord.serves?.(to)).toBe(false);
    expect(await send(to, { text: "x" })).toMatchObject({ kind: "permanent", code: "address_invalid" });
    expect(calls).toHaveLength(0);
  });

  it("has nothing to ask", async () => {
    expect((await bench({})).provider.probe).toBeUndefined();
  });
});
