import { Api, Bot, GrammyError, webhookCallback } from "grammy";
import { afterEach, expect, test } from "vitest";
import { telegram } from "../../packages/server/src/providers/chat/telegram.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

/** grammY and our adapter say the same thing to one server, and believe the same updates. */

const token = "123456:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(60_000) };

async function both(status: number, answer: object) {
  const recorder = await startRecorder((_request, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer)),
  );
  const environment = testEnvironment();
  const baseUrl = `http://127.0.0.1:${recorder.port}`;
  const provider = telegram.create(telegram.schema.parse({ botToken: token, baseUrl, parseMode: "HTML" }), environment);
  cleanups.push(recorder.close, environment.close);
  const send = async (to: string, content: object) =>
    (await provider.send([outbound("chat", to, { content })], context))[0];
  return { send, provider, api: new Api(token, { apiRoot: baseUrl }), calls: recorder.calls };
}

const one = "https://x.example/1.png";
const two = "https://x.example/2.png";

test("texts, a picture, pictures and the question for the bot are the same requests", async () => {
  const { send, provider, api, calls } = await both(200, { ok: true, result: [{ message_id: 1 }] });
  const markup = { parse_mode: "HTML" } as const;
  const keyboard = { inline_keyboard: [[{ text: "Open", url: "https://x.example" }]] };
  await send("-1001234567890", { text: "<b>x</b>", body: JSON.stringify({ reply_markup: keyboard }) });
  await api.sendMessage(-1_001_234_567_890, "<b>x</b>", { ...markup, reply_markup: keyboard });
  await send("@news_channel", { text: "x", mediaUrls: [one] });
  await api.sendPhoto("@news_channel", one, { caption: "x", ...markup });
  await send("7", { text: "x", mediaUrls: [one, two] });
  const media = [
    { type: "photo", media: one, caption: "x", ...markup },
    { type: "photo", media: two },
  ] as const;
  await api.sendMediaGroup(7, media);
  await provider.probe?.(context);
  await api.getMe();
  expect(calls).toHaveLength(8);
  for (let index = 0; index < calls.length; index += 2) {
    const [ours, theirs] = calls.slice(index, index + 2);
    expect(ours).toMatchObject({ method: "POST", url: theirs?.url });
    expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body || "{}"));
  }
});

test("a refusal is one to both, with the same time to wait", async () => {
  const { send, api } = await both(429, {
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 14",
    parameters: { retry_after: 14 },
  });
  const error: unknown = await api.sendMessage(1, "x").catch((thrown: unknown) => thrown);
  const seconds = error instanceof GrammyError ? error.parameters.retry_after : undefined;
  expect(seconds).toBe(14);
  expect(await send("1", { text: "x" })).toMatchObject({ kind: "transient", retryAfterMs: (seconds ?? 0) * 1000 });
});

test("an update is believed by both or by none, and read in the same way", async () => {
  const secretToken = "0123456789abcdef";
  const heard: { chat: string; text: string; at: number }[] = [];
  const bot = new Bot(token, {
    botInfo: {
      id: 1,
      is_bot: true,
      first_name: "b",
      username: "b_bot",
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
      supports_join_request_queries: false,
    },
  });
  bot.on("message:text", (given) => {
    heard.push({ chat: String(given.chat.id), text: given.message.text, at: given.message.date * 1000 });
  });
  const take = webhookCallback(bot, "std/http", { secretToken });
  const from = { id: 77, is_bot: false, first_name: "a" };
  const chat = { id: 77, type: "private", first_name: "a" };
  const body = JSON.stringify({
    update_id: 9,
    message: { message_id: 1, date: 1_700_000_000, from, chat, text: "hi" },
  });
  const url = "https://tidings.example.com/v1/feedback/test";
  const settings = telegram.schema.parse({ botToken: token, webhookSecret: secretToken });
  for (const given of [secretToken, "0123456789abcdeF", ""]) {
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": given };
    const theirs = await take(new Request(url, { method: "POST", headers, body }));
    const ours = await telegram.feedback?.(
      settings,
      { url, headers, rawBody: Buffer.from(body), now: 0 },
      { http: { request: () => expect.unreachable() } },
    );
    expect(ours?.status, given).toBe(theirs.status === 200 ? "verified" : "forged");
    if (ours?.status === "verified")
      expect(ours.inbound?.map(({ from: sender, text, at }) => ({ chat: sender, text, at }))).toEqual(heard);
  }
  expect(heard).toHaveLength(1);
});
