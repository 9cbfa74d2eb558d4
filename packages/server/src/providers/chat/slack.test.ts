import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance, type VendorReply } from "../testing/http-vendor.ts";
import { chatBench, fieldsOf, type Reply } from "./chat-bench.conformance.ts";
import { slack } from "./slack.ts";

const botToken = "xoxb-1-2-abc";
const channel = "C0123456789";
const webhook = "https://hooks.slack.com/services/T000/B000/xyz";
const said = z.object({ text: z.string() });
const refusal = (error: string, status = 200): VendorReply => ({ status, body: { ok: false, error } });
const sent = { status: 200, body: { ok: true, channel, ts: "1503435956.000247" } };

const vendor: HttpVendor = {
  name: "slack",
  channel: "chat",
  to: channel,
  create: (baseUrl, environment) => slack.create(slack.schema.parse({ botToken, baseUrl }), environment),
  changes: (id) => ({ content: { text: id } }),
  idsIn: ({ body }) => [said.parse(JSON.parse(body)).text],
  accepted: () => sent,
  transient: { status: 503 },
  permanent: refusal("msg_too_long"),
  rateLimited: { ...refusal("ratelimited", 429), headers: { "retry-after": "30" } },
  malformed: { status: 200, body: { ok: true } },
  refusals: [
    ...["invalid_auth", "account_inactive", "token_revoked", "missing_scope"].map((code) => ({
      name: `${code} is the account's`,
      reply: refusal(code),
      outcome: { kind: "transient", code, scope: "integration", unlisted: undefined },
    })),
    ...["channel_not_found", "user_not_found", "is_archived"].map((code) => ({
      name: `${code} ends the address`,
      reply: refusal(code),
      outcome: { kind: "permanent", code, suppress: true },
    })),
    ...["not_in_channel", "restricted_action", "invalid_blocks", "no_text"].map((code) => ({
      name: `${code} ends the message alone`,
      reply: refusal(code),
      outcome: { kind: "permanent", code, suppress: undefined, scope: undefined },
    })),
    {
      name: "429 waits as long as the header says, for the whole method",
      reply: { status: 429, headers: { "retry-after": "30" }, body: "" },
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 30_000 },
    },
    {
      name: "a channel's own limit is the message's",
      reply: refusal("rate_limited"),
      outcome: { kind: "transient", scope: "message" },
    },
    {
      name: "an error after which it may have been posted is unknown, whatever the status",
      reply: refusal("fatal_error", 500),
      outcome: { status: "unknown", code: "fatal_error" },
    },
    {
      name: "an error that nobody listed is tried again, and told of",
      reply: refusal("brand_new"),
      outcome: { kind: "transient", code: "brand_new", attemptsMax: 3, unlisted: true },
    },
    {
      name: "an error that is no word is not repeated",
      reply: refusal("<b>C0123456789</b>"),
      outcome: { status: "unknown", code: "malformed_answer" },
    },
  ],
};
httpVendorConformance(vendor);

const hooks: HttpVendor = {
  ...vendor,
  name: "slack (incoming webhook)",
  to: webhook,
  create: (baseUrl, environment) => slack.create(slack.schema.parse({ baseUrl }), environment),
  accepted: () => ({ status: 200, body: "ok" }),
  permanent: { status: 400, body: "invalid_payload" },
  rateLimited: { status: 429, headers: { "retry-after": "1" }, body: "rate_limited" },
  malformed: { status: 200, body: "<html>" },
  refusals: [
    { name: "no_service ends the webhook", reply: { status: 404, body: "no_service" }, outcome: { suppress: true } },
    {
      name: "an archived channel ends the webhook",
      reply: { status: 410, body: "channel_is_archived" },
      outcome: { kind: "permanent", code: "channel_is_archived", suppress: true },
    },
    {
      name: "what a workspace forbids ends the message alone",
      reply: { status: 403, body: "action_prohibited" },
      outcome: { kind: "permanent", code: "action_prohibited", suppress: undefined },
    },
    {
      name: "a limit is the webhook's own",
      reply: { status: 429, headers: { "retry-after": "7" }, body: "" },
      outcome: { kind: "transient", scope: "message", retryAfterMs: 7000 },
    },
  ],
};
httpVendorConformance(hooks);

describe("slack", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const bench of open.splice(0)) await bench.close();
  });
  const bench = async (settings: object, ...replies: Reply[]) => {
    const made = await chatBench(slack, (baseUrl) => ({ baseUrl: `${baseUrl}/api/`, ...settings }), ...replies);
    open.push(made);
    return made;
  };

  it("posts with the bot's token, plain: values call nobody and link to nothing", async () => {
    const { send, calls } = await bench({ botToken }, sent);
    expect(await send(channel, { text: "a & <!channel>", mediaUrls: ["https://x.example/a.png"] })).toEqual({
      status: "accepted",
      providerMessageId: "1503435956.000247",
    });
    expect(calls[0]).toMatchObject({ method: "POST", url: "/api/chat.postMessage" });
    expect(calls[0]?.headers).toMatchObject({
      authorization: `Bearer ${botToken}`,
      "content-type": "application/json; charset=utf-8",
    });
    expect(fieldsOf(calls[0])).toEqual({
      channel,
      text: "a &amp; &lt;!channel&gt;",
      mrkdwn: false,
      attachments: [{ fallback: "image", image_url: "https://x.example/a.png" }],
    });
  });

  it("takes a text as it is where its markup is asked for", async () => {
    const { send, calls } = await bench({ botToken, mrkdwn: true }, sent);
    await send("U0123456789", { text: "<https://x.example|*x*>" });
    expect(fieldsOf(calls[0])).toEqual({ channel: "U0123456789", text: "<https://x.example|*x*>" });
  });

  it("lays a message's own fields over its request, which change neither place nor sender", async () => {
    const { send, calls } = await bench({ botToken }, sent);
    const blocks = [{ type: "divider" }];
    await send(channel, { text: "x", body: JSON.stringify({ blocks, text: "y" }) });
    expect(fieldsOf(calls[0])).toEqual({ channel, text: "y", mrkdwn: false, blocks });
    for (const name of ["channel", "token", "as_user"]) {
      const outcome = await send(channel, { text: "x", body: JSON.stringify({ [name]: "C9999999999" }) });
      expect(outcome, name).toMatchObject({ kind: "permanent", code: "content_invalid" });
    }
    expect(await send(webhook, { text: "x", body: '{"channel":"#general"}' })).toMatchObject({
      code: "content_invalid",
    });
    expect(await send(channel, { text: "x", body: "[1]" })).toMatchObject({ code: "content_invalid" });
    expect(calls).toHaveLength(1);
  });

  it("calls a webhook by its own path, without a token", async () => {
    const { send, calls } = await bench({ botToken }, { status: 200, body: "ok" });
    expect(await send(webhook, { text: "x" })).toEqual({ status: "accepted" });
    expect(calls[0]?.url).toBe("/services/T000/B000/xyz");
    expect(calls[0]?.headers).not.toHaveProperty("authorization");
    expect(fieldsOf(calls[0])).toEqual({ text: "x", mrkdwn: false });
  });

  it("sends nothing to what is no address of Slack's, nor to an id without a token", async () => {
    const { send, calls } = await bench({});
    const code = (to: string) =>
      send(to, { text: "x" }).then((outcome) => outcome && "code" in outcome && outcome.code);
    expect(await code(channel)).toBe("bot_token_missing");
    for (const to of [
      "#general",
      "c0123456789",
      "https://hooks.slack.com.evil.example/x",
      "http://hooks.slack.com/x",
    ]) {
      expect(await code(to), to).toBe("address_invalid");
      expect(slack.serves?.(to), to).toBe(false);
    }
    for (const to of [channel, "D0123456", "G01234567", "U0123456789", "W0123456789", webhook])
      expect(slack.serves?.(to), to).toBe(true);
    expect(calls).toHaveLength(0);
  });

  it("asks auth.test whether the token works, and has nothing to ask without one", async () => {
    const good = await bench({ botToken }, { status: 200, body: { ok: true, team: "T" } });
    expect(await good.probe()).toEqual({ status: "ok" });
    expect(good.calls[0]).toMatchObject({ url: "/api/auth.test", headers: { authorization: `Bearer ${botToken}` } });
    const bad = await bench({ botToken }, refusal("invalid_auth"));
    expect(await bad.probe()).toMatchObject({ status: "failed", code: "invalid_auth" });
    expect((await bench({})).provider.probe).toBeUndefined();
  });

  it("refuses settings that are none", () => {
    for (const settings of [{ botToken: "abc" }, { botToken: "xoxb-1\n" }, { more: 1 }, { mrkdwn: "yes" }])
      expect(slack.schema.safeParse(settings).success, JSON.stringify(settings)).toBe(false);
  });
});
