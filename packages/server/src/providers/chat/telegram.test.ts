import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { chatBench, fieldsOf, type Reply } from "./chat-bench.conformance.ts";
import { telegram } from "./telegram.ts";

const botToken = "123456:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const said = z.object({ text: z.string() });
const sent: Reply = { status: 200, body: { ok: true, result: { message_id: 42, chat: { id: 77_001_122 } } } };
const refusal = (code: number, description: string, parameters?: object) => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) },
});

const vendor: HttpVendor = {
  name: "telegram",
  channel: "chat",
  to: "77001122",
  create: (baseUrl, environment) => telegram.create(telegram.schema.parse({ botToken, baseUrl }), environment),
  changes: (id) => ({ content: { text: id } }),
  idsIn: ({ body }) => [said.parse(JSON.parse(body)).text],
  accepted: () => sent,
  transient: refusal(502, "Bad Gateway"),
  permanent: refusal(400, "Bad Request: message is too long"),
  rateLimited: refusal(429, "Too Many Requests: retry after 14", { retry_after: 14 }),
  malformed: { status: 200, body: { ok: true, result: {} } },
  refusals: [
    ...(
      [
        [403, "Forbidden: bot was blocked by the user", "bot_blocked"],
        [403, "Forbidden: user is deactivated", "user_deactivated"],
        [403, "Forbidden: bot was kicked from the supergroup chat", "bot_kicked"],
        [400, "Bad Request: chat not found", "chat_not_found"],
      ] as const
    ).map(([status, description, code]) => ({
      name: `«${description}» ends the address`,
      reply: refusal(status, description),
      outcome: { kind: "permanent", code, suppress: true, detail: undefined },
    })),
    {
      name: "somebody who never wrote to the bot may do so yet",
      reply: refusal(403, "Forbidden: bot can't initiate conversation with a user"),
      outcome: { kind: "permanent", code: "not_started", suppress: undefined },
    },
    {
      name: "a limit's time stands in the body",
      reply: refusal(429, "Too Many Requests: retry after 14", { retry_after: 14 }),
      outcome: { kind: "transient", code: "too_many_requests", scope: "message", retryAfterMs: 14_000 },
    },
    {
      name: "401 is the account's",
      reply: refusal(401, "Unauthorized"),
      outcome: { kind: "transient", code: "unauthorized", scope: "integration" },
    },
    {
      name: "a token that names no bot is the account's",
      reply: refusal(404, "Not Found"),
      outcome: { kind: "transient", code: "404", scope: "integration" },
    },
    {
      name: "a refusal that nobody listed is tried again, and told of, without its words",
      reply: refusal(400, "Bad Request: something about 77001122"),
      outcome: { kind: "transient", code: "400", unlisted: true, detail: undefined },
    },
  ],
};
httpVendorConformance(vendor);

describe("telegram", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const bench of open.splice(0)) await bench.close();
  });
  const bench = async (settings: object, ...replies: Reply[]) => {
    const made = await chatBench(telegram, (baseUrl) => ({ botToken, baseUrl, ...settings }), ...replies);
    open.push(made);
    return made;
  };
  const one = "https://x.example/1.png";
  const two = "https://x.example/2.png";

  it("sends a text, plain where no markup is asked for", async () => {
    const { send, calls } = await bench({}, sent);
    expect(await send("-1001234567890", { text: "<b>x</b>" })).toEqual({ status: "accepted", providerMessageId: "42" });
    expect(calls[0]?.url).toBe(`/bot${botToken}/sendMessage`);
    expect(fieldsOf(calls[0])).toEqual({ chat_id: -1_001_234_567_890, text: "<b>x</b>" });
    const marked = await bench({ parseMode: "HTML" }, sent);
    await marked.send("@news_channel", { text: "<b>x</b>" });
    expect(fieldsOf(marked.calls[0])).toEqual({ chat_id: "@news_channel", text: "<b>x</b>", parse_mode: "HTML" });
  });

  it("sends pictures with the text below them, in one request", async () => {
    const group = { status: 200, body: { ok: true, result: [{ message_id: 7 }, { message_id: 8 }] } };
    const { send, calls } = await bench({ parseMode: "HTML" }, sent, sent, group);
    await send("1", { text: "x", mediaUrls: [one] });
    await send("1", { text: "x".repeat(1025), mediaUrls: [one, two] });
    expect(await send("1", { text: "x", mediaUrls: [one, two] })).toMatchObject({ providerMessageId: "7" });
    expect(calls.map(({ url }) => url.split("/")[2])).toEqual(["sendPhoto", "sendMessage", "sendMediaGroup"]);
    expect(fieldsOf(calls[0])).toEqual({ chat_id: 1, photo: one, caption: "x", parse_mode: "HTML" });
    expect(fieldsOf(calls[1])).toMatchObject({ link_preview_options: { url: one } });
    expect(fieldsOf(calls[2])).toEqual({
      chat_id: 1,
      media: [
        { type: "photo", media: one, caption: "x", parse_mode: "HTML" },
        { type: "photo", media: two },
      ],
    });
  });

  it("follows a group that became a supergroup, once", async () => {
    const moved = refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: -100_1,
    });
    const { send, calls } = await bench({}, moved, sent);
    expect(await send("-1", { text: "x" })).toMatchObject({ status: "accepted" });
    expect(calls.map((call) => fieldsOf(call).chat_id)).toEqual([-1, -1001]);
    const circle = await bench({}, moved);
    expect(await circle.send("-1", { text: "x" })).toMatchObject({ kind: "permanent", code: "chat_migrated" });
    expect(circle.calls).toHaveLength(2);
  });

  it("lays a message's own fields over its request, which change neither chat nor sender", async () => {
    const { send, calls } = await bench({}, sent);
    await send("1", { text: "x", body: '{"reply_markup":{"inline_keyboard":[]},"parse_mode":"HTML"}' });
    expect(fieldsOf(calls[0])).toEqual({
      chat_id: 1,
      text: "x",
      reply_markup: { inline_keyboard: [] },
      parse_mode: "HTML",
    });
    for (const body of ['{"chat_id":2}', '{"business_connection_id":"b"}', "[]"])
      expect(await send("1", { text: "x", body }), body).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect(calls).toHaveLength(1);
  });

  it("asks getMe whether the token works", async () => {
    const good = await bench({}, { status: 200, body: { ok: true, result: {} } });
    expect(await good.probe()).toEqual({ status: "ok" });
    expect(good.calls[0]?.url).toBe(`/bot${botToken}/getMe`);
    const bad = await bench({}, refusal(401, "Unauthorized"));
    expect(await bad.probe()).toMatchObject({ status: "failed", code: "unauthorized" });
  });

  it("serves ids and public names", async () => {
    for (const to of ["1", "-1001234567890", "@news_channel"]) expect(telegram.serves?.(to), to).toBe(true);
    const { send, calls } = await bench({}, sent);
    for (const to of ["", "1.5", "1e3", "@a", "@news/../x", "+4366012345", "C0123456789", "12345678901234567890"]) {
      expect(telegram.serves?.(to), to).toBe(false);
      expect(await send(to, { text: "x" }), to).toMatchObject({ code: "address_invalid" });
    }
    expect(calls).toHaveLength(0);
  });

  it("refuses settings that could lead elsewhere", () => {
    for (const token of ["", "123456", "1:../../x", `${botToken}/x`, `${botToken}\n`])
      expect(telegram.schema.safeParse({ botToken: token }).success, token).toBe(false);
  });
});

describe("what comes in from telegram", () => {
  const webhookSecret = "0123456789abcdef";
  const secret = { "x-telegram-bot-api-secret-token": webhookSecret };
  const read = (body: unknown, headers: Record<string, string> = secret, settings: object = { webhookSecret }) =>
    telegram.feedback?.(
      telegram.schema.parse({ botToken, ...settings }),
      {
        url: "https://x",
        headers,
        rawBody: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
        now: 0,
      },
      { http: { request: () => expect.unreachable() } },
    );
  const update = { update_id: 9, message: { message_id: 1, date: 1_700_000_000, chat: { id: 77 }, text: "stop" } };

  it("is a text from a chat, under the update's own id", () => {
    expect(read(update)).toEqual({
      status: "verified",
      feedback: [],
      inbound: [{ id: "9", from: "77", channel: "chat", text: "stop", at: 1_700_000_000_000 }],
    });
  });

  it("is a word in a group only as a command, by whatever name it calls the bot", () => {
    const said = (text: string, id = -1_001_234_567_890) => {
      const result = read({ update_id: 9, message: { date: 1, chat: { id }, text } });
      return result !== undefined && "inbound" in result ? result.inbound?.[0] : undefined;
    };
    expect(said("Stop!")).toMatchObject({ from: "-1001234567890", text: "Stop!", isTalk: true });
    expect(said("/stop@acme_bot news")).toEqual({
      id: "9",
      from: "-1001234567890",
      channel: "chat",
      text: "/stop news",
      at: 1000,
    });
    expect(said("/start@acme_bot", 77)).toMatchObject({ text: "/start" });
    expect(said("mail me: /stop@acme_bot", 77)).toMatchObject({ text: "mail me: /stop@acme_bot" });
  });

  it("is nothing where it is no text", () => {
    expect(read({ update_id: 1, my_chat_member: {} })).toEqual({ status: "verified", feedback: [] });
    expect(read({ update_id: 1, message: { date: 1, chat: { id: 1 }, photo: [] } })).toEqual({
      status: "verified",
      feedback: [],
    });
  });

  it("is refused without the webhook's secret, before it is read", () => {
    expect(read("nonsense", {})).toEqual({ status: "forged" });
    expect(read(update, { ...secret, "x-telegram-bot-api-secret-token": "0123456789abcdeF" })).toEqual({
      status: "forged",
    });
    expect(read(update, { "x-telegram-bot-api-secret-token": "" })).toEqual({ status: "forged" });
    expect(read(update, secret, {})).toEqual({ status: "forged" });
  });

  it("is malformed with its place", () => {
    expect(read("nonsense")).toEqual({ status: "malformed", detail: "not JSON" });
    expect(read({ update_id: "1" })).toEqual({ status: "malformed", detail: "wrong at update_id" });
    expect(read({ update_id: 1, message: { chat: { id: 1 }, date: "x" } })).toEqual({
      status: "malformed",
      detail: "wrong at message.date",
    });
  });
});
