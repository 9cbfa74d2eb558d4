import type { CodeRule, CodeTable } from "../vendor-outcome.ts";

const gone: CodeRule = { kind: "permanent", suppress: true };
const refused: CodeRule = { kind: "permanent" };
const account: CodeRule = { kind: "transient", scope: "integration" };

/**
 * Telegram has no codes but statuses: the description says which case it is (core.telegram.org/bots/api, "Making requests", and the
 * server's own source, github.com/tdlib/telegram-bot-api). The first row whose words stand in it.
 */
export const telegramDescriptions: readonly { words: string; code: string }[] = [
  { words: "bot was blocked by the user", code: "bot_blocked" },
  { words: "user is deactivated", code: "user_deactivated" },
  { words: "bot was kicked from", code: "bot_kicked" },
  { words: "bot is not a member", code: "bot_not_member" },
  { words: "the group chat was deleted", code: "chat_deleted" },
  { words: "bot can't initiate conversation", code: "not_started" },
  { words: "bot can't send messages to", code: "bots_refused" },
  { words: "chat not found", code: "chat_not_found" },
  { words: "user not found", code: "chat_not_found" },
  { words: "peer_id_invalid", code: "chat_not_found" },
  { words: "upgraded to a supergroup", code: "chat_migrated" },
  { words: "group is deactivated", code: "chat_deleted" },
  { words: "rights to send", code: "no_rights" },
  { words: "chat_write_forbidden", code: "no_rights" },
  { words: "administrator rights", code: "no_rights" },
  { words: "topic_closed", code: "topic_closed" },
  { words: "message thread not found", code: "topic_closed" },
  { words: "too long", code: "too_long" },
  { words: "text is empty", code: "text_empty" },
  { words: "can't parse", code: "unparsable" },
  { words: "failed to get http url content", code: "media_unreadable" },
  { words: "wrong type of the web page content", code: "media_unreadable" },
  { words: "wrong file identifier", code: "media_unreadable" },
  { words: "webpage_", code: "media_unreadable" },
  { words: "button_", code: "keyboard_invalid" },
  { words: "too many requests", code: "too_many_requests" },
  { words: "unauthorized", code: "unauthorized" },
];

export const telegramCodes: CodeTable = {
  bot_blocked: gone,
  user_deactivated: gone,
  bot_kicked: gone,
  chat_deleted: gone,
  chat_not_found: gone,
  // the person has yet to write to the bot, or the group to take it in: then the address is good
  not_started: refused,
  bot_not_member: refused,
  bots_refused: refused,
  chat_migrated: refused,
  no_rights: refused,
  topic_closed: refused,
  too_long: refused,
  text_empty: refused,
  unparsable: refused,
  media_unreadable: refused,
  keyboard_invalid: refused,
  // 20 a minute for a group, one a second for a chat, about 30 a second for all: it does not say which
  too_many_requests: { kind: "transient", scope: "message" },
  unauthorized: account,
  // a token that is none names no bot
  "401": account,
  "404": account,
  "429": { kind: "transient", scope: "message" },
};
