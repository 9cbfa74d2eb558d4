import { z } from "zod";
import type { OutboundMessage, OutboundResponse, Outcome, ProviderDefinition } from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";
import { malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { withOwnFields } from "./own-fields.ts";
import { addressInvalid, ChatPosts, type ChatVendor, type PostOrFault, postOf } from "./posts.ts";
import { telegramCodes, telegramDescriptions } from "./telegram-codes.ts";
import { readUpdate } from "./telegram-updates.ts";

const settingsSchema = z.strictObject({
  botToken: z
    .string()
    .regex(/^\d{1,20}:[A-Za-z0-9_-]{20,100}$/, { error: "must be a bot's token, such as 123456:ABC…" }),
  /** `secret_token` of setWebhook: what comes in without it is refused. */
  webhookSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,256}$/, { error: "must consist of 16 to 256 letters, digits, '_' and '-'" })
    .optional(),
  /** Markup in texts; plain where left out. */
  parseMode: z.enum(["HTML", "MarkdownV2"]).optional(),
  /** In place of `https://api.telegram.org`. */
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

const api = "https://api.telegram.org";
const idPattern = /^-?\d{1,16}$/;
const namePattern = /^@[A-Za-z]\w{3,31}$/;
/** Characters below a picture; a longer text goes out as a text with the first picture in front of it. */
const captionMax = 1024;

/** What would change where a message goes, or as whom. */
const reserved = ["chat_id", "business_connection_id"];

const sentSchema = z.object({ message_id: z.int() });
const answerSchema = z.object({ ok: z.literal(true), result: z.union([sentSchema, z.array(sentSchema).min(1)]) });
const refusalSchema = z.object({
  error_code: z.int().optional(),
  description: z.string().optional(),
  parameters: z
    .object({ retry_after: z.number().min(0).max(86_400).optional(), migrate_to_chat_id: z.int().optional() })
    .optional(),
});

class Telegram implements ChatVendor {
  readonly #methods: string;
  readonly #parseMode: Settings["parseMode"];

  constructor({ botToken, parseMode, baseUrl }: Settings) {
    this.#methods = `${(baseUrl ?? api).replace(/\/+$/, "")}/bot${botToken}`;
    this.#parseMode = parseMode;
  }

  readonly probe = () => ({
    post: { url: `${this.#methods}/getMe`, fields: {} },
    read: (response: OutboundResponse, nowMs: number): Outcome => failureOf(response, nowMs) ?? { status: "accepted" },
  });

  post(message: OutboundMessage): PostOrFault {
    const { to } = message;
    if (idPattern.test(to)) return this.#post(message, Number(to));
    return namePattern.test(to) ? this.#post(message, to) : addressInvalid;
  }

  /** A group that became a supergroup has another id, which Telegram tells: the message goes there at once. */
  again(response: OutboundResponse, message: OutboundMessage): PostOrFault | undefined {
    if (response.status !== "response" || response.statusCode !== 400) return undefined;
    const moved = refusalSchema.safeParse(parsedJson(response.body)).data?.parameters?.migrate_to_chat_id;
    return moved === undefined ? undefined : this.#post(message, moved);
  }

  outcome(response: OutboundResponse, nowMs: number): Outcome {
    const failure = failureOf(response, nowMs);
    if (failure !== undefined) return failure;
    const answer = response.status === "response" ? answerSchema.safeParse(parsedJson(response.body)).data : undefined;
    if (answer === undefined) return malformedAnswer;
    const [sent] = Array.isArray(answer.result) ? answer.result : [answer.result];
    return sent === undefined ? malformedAnswer : { status: "accepted", providerMessageId: String(sent.message_id) };
  }

  #post(message: OutboundMessage, chat: number | string): PostOrFault {
    const { method, fields } = this.#method(message);
    return postOf(`${this.#methods}/${method}`, withOwnFields({ chat_id: chat, ...fields }, message, reserved));
  }

  /** The method that says all of it in one request (core.telegram.org/bots/api, "Available methods"). */
  #method({ content: { text = "", mediaUrls = [] } }: OutboundMessage) {
    const markup = this.#parseMode === undefined ? {} : { parse_mode: this.#parseMode };
    const [first, ...others] = mediaUrls;
    if (first === undefined) return { method: "sendMessage", fields: { text, ...markup } };
    if (text.length > captionMax) {
      const preview = { url: first, prefer_large_media: true, show_above_text: true };
      return { method: "sendMessage", fields: { text, ...markup, link_preview_options: preview } };
    }
    if (others.length === 0) return { method: "sendPhoto", fields: { photo: first, caption: text, ...markup } };
    const captioned = { type: "photo", media: first, caption: text, ...markup };
    const media = [captioned, ...others.map((url) => ({ type: "photo", media: url }))];
    return { method: "sendMediaGroup", fields: { media } };
  }
}

function failureOf(response: OutboundResponse, nowMs: number): Outcome | undefined {
  return vendorFailure(response, nowMs, telegramCodes, (body) => {
    const { error_code: status, description = "", parameters } = refusalSchema.safeParse(body).data ?? {};
    const said = description.toLowerCase();
    const code = telegramDescriptions.find(({ words }) => said.includes(words))?.code;
    const seconds = parameters?.retry_after;
    return {
      code: code ?? (status === undefined ? undefined : String(status)),
      ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
    };
  });
}

/** Telegram's Bot API (core.telegram.org/bots/api). It takes no key of idempotency. */
export const telegram: ProviderDefinition<Settings> = {
  name: "telegram",
  channels: ["chat"],
  schema: settingsSchema,
  secretNames: ["botToken", "webhookSecret"],
  serves: (to) => idPattern.test(to) || namePattern.test(to),
  create: (settings, environment) => new ChatPosts(new Telegram(settings), environment),
  reports: ({ webhookSecret }) => webhookSecret !== undefined,
  feedback: ({ webhookSecret }, request) => readUpdate(webhookSecret, request),
};
