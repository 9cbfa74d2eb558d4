import { z } from "zod";
import type { OutboundMessage, OutboundResponse, Outcome, ProviderDefinition } from "../../ports/provider.ts";
import { baseUrlSchema, throughBase } from "../base-url.ts";
import { codeOutcome, malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { withOwnFields } from "./own-fields.ts";
import { addressInvalid, ChatPosts, type ChatVendor, type PostOrFault, postOf } from "./posts.ts";
import { slackApiCodes, slackMaybeTaken, slackWebhookCodes } from "./slack-codes.ts";

const settingsSchema = z.strictObject({
  /** With the scope `chat:write`; not needed where all addresses are incoming webhooks. */
  botToken: z
    .string()
    .max(500)
    .regex(/^xox[a-z](\.xox[a-z])?-[A-Za-z0-9-]+$/, { error: "must be a token of Slack, such as xoxb-…" })
    .optional(),
  /** Takes texts for Slack's own markup, in which `<!channel>` calls everybody; left out, they are plain. */
  mrkdwn: z.boolean().default(false),
  /** In place of `https://slack.com/api`; of webhooks the origin. */
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

const api = "https://slack.com/api";
/** Conversations, direct messages, groups and people. */
const idPattern = /^[CDGUW][A-Z0-9]{6,30}$/;
const webhookPattern = /^https:\/\/hooks\.slack(-gov)?\.com\/[A-Za-z0-9/_-]+$/;

const answerSchema = z.object({ ok: z.boolean(), error: z.string().optional(), ts: z.string().max(100).optional() });

const noToken = {
  status: "rejected",
  kind: "permanent",
  code: "bot_token_missing",
  detail: "the address needs a bot token, and the integration has none",
} as const satisfies Outcome;

class Slack implements ChatVendor {
  readonly #settings: Settings;
  readonly #api: string;
  readonly probe?: NonNullable<ChatVendor["probe"]>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#api = (settings.baseUrl ?? api).replace(/\/+$/, "");
    const { botToken } = settings;
    if (botToken !== undefined)
      this.probe = () => ({
        post: { url: `${this.#api}/auth.test`, headers: bearer(botToken), fields: {} },
        read: (response, nowMs) => apiOutcome(response, nowMs, false),
      });
  }

  post(message: OutboundMessage): PostOrFault {
    const { botToken, baseUrl } = this.#settings;
    const { to } = message;
    const fields = this.#fields(message);
    if (webhookPattern.test(to)) {
      const url = throughBase(to, baseUrl);
      return url === undefined ? addressInvalid : postOf(url, withOwnFields(fields, message, reserved));
    }
    if (!idPattern.test(to)) return addressInvalid;
    if (botToken === undefined) return noToken;
    const laid = withOwnFields({ channel: to, ...fields }, message, reserved);
    return postOf(`${this.#api}/chat.postMessage`, laid, bearer(botToken));
  }

  outcome(response: OutboundResponse, nowMs: number, { to }: OutboundMessage): Outcome {
    return webhookPattern.test(to) ? webhookOutcome(response, nowMs) : apiOutcome(response, nowMs, true);
  }

  #fields({ content: { text = "", mediaUrls = [] } }: OutboundMessage) {
    const { mrkdwn } = this.#settings;
    return {
      text: mrkdwn ? text : plain(text),
      ...(mrkdwn ? {} : { mrkdwn }),
      // a block whose image cannot be loaded would have the whole message refused
      ...(mediaUrls.length === 0
        ? {}
        : { attachments: mediaUrls.map((url) => ({ fallback: "image", image_url: url })) }),
    };
  }
}

/** What would change where a message goes, or as whom. */
const reserved = ["channel", "token", "as_user"];

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Slack's three control characters (docs.slack.dev/messaging/formatting-message-text, "Escaping text"). */
const plain = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const slug = (code: string | undefined): string | undefined =>
  code !== undefined && /^[a-z0-9_]{1,100}$/.test(code) ? code : undefined;

/** 200 with `ok: false` is a refusal, of the message as of the account. */
function apiOutcome(response: OutboundResponse, nowMs: number, isPost: boolean): Outcome {
  const answer = response.status === "response" ? answerSchema.safeParse(parsedJson(response.body)).data : undefined;
  const code = slug(answer?.error);
  if (code !== undefined && slackMaybeTaken.has(code)) return { status: "unknown", code };
  const failure = vendorFailure(response, nowMs, slackApiCodes, () => ({ code }));
  if (failure !== undefined) return failure;
  if (answer?.ok === false && code !== undefined) return codeOutcome(slackApiCodes, code);
  if (answer?.ok !== true) return malformedAnswer;
  if (!isPost) return { status: "accepted" };
  return answer.ts === undefined ? malformedAnswer : { status: "accepted", providerMessageId: answer.ts };
}

function webhookOutcome(response: OutboundResponse, nowMs: number): Outcome {
  const failure = vendorFailure(response, nowMs, slackWebhookCodes, (_body, raw) => ({
    code: slug(raw.toString().trim()),
  }));
  if (failure !== undefined) return failure;
  const said = response.status === "response" ? response.body.toString().trim() : "";
  return said === "ok" ? { status: "accepted" } : malformedAnswer;
}

/** Slack: chat.postMessage with a bot's token for ids of channels and people, and incoming webhooks for their URLs. */
export const slack: ProviderDefinition<Settings> = {
  name: "slack",
  channels: ["chat"],
  schema: settingsSchema,
  secretNames: ["botToken"],
  serves: (to) => idPattern.test(to) || webhookPattern.test(to),
  create: (settings, environment) => new ChatPosts(new Slack(settings), environment),
};
