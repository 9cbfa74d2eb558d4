import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { FeedbackRequest, FeedbackResult, InboundMessage } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";

/** Carries `secret_token` of setWebhook (core.telegram.org/bots/api#setwebhook). Telegram signs nothing. */
export const secretHeader = "x-telegram-bot-api-secret-token";

const updateSchema = z.object({
  update_id: z.int().min(0),
  message: z
    .object({
      date: z.int().min(0).max(8_640_000_000_000),
      chat: z.object({ id: z.int() }),
      text: z.string().max(5000).optional(),
    })
    .optional(),
});

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** `/stop@our_bot news`: Telegram brings a command with a bot's name to no other bot (core.telegram.org/bots/features#commands). */
const command = /^(\/\w{1,32})@\w{1,64}(?=\s|$)/;

/**
 * An update that Telegram brings to the webhook. There are no reports about messages among them; what people write is inbound, from
 * the chat's id. In a group anybody may say "stop" to anybody: only a command is meant for us. An update comes again until it
 * is taken, under its own id.
 */
export function readUpdate(secret: string | undefined, request: FeedbackRequest): FeedbackResult {
  const given = request.headers[secretHeader];
  if (secret === undefined || typeof given !== "string" || !timingSafeEqual(digest(given), digest(secret)))
    return { status: "forged" };
  const json = parsedJson(request.rawBody);
  if (json === undefined) return { status: "malformed", detail: "not JSON" };
  const { data, error } = updateSchema.safeParse(json);
  if (data === undefined) return { status: "malformed", detail: `wrong at ${placeOf(error)}` };
  const { update_id: id, message } = data;
  if (message?.text === undefined) return { status: "verified", feedback: [] };
  return { status: "verified", feedback: [], inbound: [inboundOf(id, message.text, message)] };
}

type Said = Pick<NonNullable<z.infer<typeof updateSchema>["message"]>, "chat" | "date">;

function inboundOf(id: number, said: string, { chat, date }: Said): InboundMessage {
  const text = said.replace(command, "$1");
  // Ids of groups are negative (core.telegram.org/bots/api#chat).
  const isGroup = chat.id < 0;
  const talk = isGroup && !text.startsWith("/") ? ({ isTalk: true } as const) : {};
  return { id: String(id), from: String(chat.id), channel: "chat", ...talk, text, at: date * 1000 };
}

const placeOf = (error: z.ZodError): string => error.issues[0]?.path.join(".") || "its root";
