import { z } from "zod";
import type { OutboundMessage, OutboundResponse, Outcome, ProviderDefinition } from "../../ports/provider.ts";
import { baseUrlSchema, throughBase } from "../base-url.ts";
import { type CodeRule, type CodeTable, malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { withOwnFields } from "./own-fields.ts";
import { addressInvalid, ChatPosts, type ChatVendor, type PostOrFault, postOf } from "./posts.ts";

const settingsSchema = z.strictObject({
  /** Name that messages stand under; the webhook's own where left out. */
  username: z.string().min(1).max(80).optional(),
  /** Origin in place of Discord's. */
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

const webhookPattern =
  /^https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api(?:\/v\d{1,2})?\/webhooks\/\d{1,20}\/[\w-]{1,100}(?:\?[^#\s]*)?$/;

const gone: CodeRule = { kind: "permanent", suppress: true };
const refused: CodeRule = { kind: "permanent" };
const busy: CodeRule = { kind: "transient", scope: "message" };
const blocked: CodeRule = { kind: "transient", scope: "integration" };

/** JSON error codes (docs.discord.com/developers/topics/opcodes-and-status-codes, `RESTJSONErrorCodes` of discord-api-types). */
const codes: CodeTable = {
  "10003": gone, // unknown channel
  "10015": gone, // unknown webhook
  "50027": gone, // invalid webhook token
  "20016": busy, // slow mode
  "20028": busy, // the channel's limit of writes
  "20029": busy, // the server's limit of writes
  "40062": busy, // the resource is limited
  // a webhook has a limit of its own; the global one is of all that comes from this machine
  rate_limited: busy,
  rate_limited_global: blocked,
  "130000": { kind: "transient" }, // overloaded
  "40006": { kind: "transient" }, // switched off for now
  "40333": blocked, // Cloudflare
  "40004": refused,
  "40005": refused, // too large
  "50006": refused, // empty
  "50008": refused,
  "50013": refused,
  "50035": refused, // a field that does not fit
  "50083": refused, // archived thread
  "50109": refused, // no JSON
  "40058": refused,
  "40067": refused,
  "160005": refused, // locked thread
  "200000": refused, // AutoMod
  "200001": refused,
  "220001": refused, // a forum wants a thread
  "220002": refused,
  "220003": refused,
  "240000": refused, // harmful link
  // answers without a code are Cloudflare's
  "403": blocked,
};

const errorSchema = z.object({
  code: z.int().optional(),
  retry_after: z.number().min(0).max(86_400).optional(),
  global: z.boolean().optional(),
});
const messageSchema = z.object({ id: z.string().regex(/^\d{1,20}$/) });

class Discord implements ChatVendor {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  post(message: OutboundMessage): PostOrFault {
    const { username, baseUrl } = this.#settings;
    const url = webhookPattern.test(message.to) ? throughBase(message.to, baseUrl) : undefined;
    if (url === undefined) return addressInvalid;
    const { text = "", mediaUrls = [] } = message.content;
    const fields = {
      content: text,
      // what a value of an event says must not call everybody
      allowed_mentions: { parse: [] },
      ...(username === undefined ? {} : { username }),
      ...(mediaUrls.length === 0 ? {} : { embeds: mediaUrls.map((media) => ({ image: { url: media } })) }),
    };
    return postOf(waiting(url), withOwnFields(fields, message, []));
  }

  outcome(response: OutboundResponse, nowMs: number): Outcome {
    const failure = vendorFailure(response, nowMs, codes, (body) => {
      const { code = 0, retry_after: seconds, global } = errorSchema.safeParse(body).data ?? {};
      if (seconds === undefined) return { code: code === 0 ? undefined : String(code) };
      const limit = global === true ? "rate_limited_global" : "rate_limited";
      return { code: code === 0 ? limit : String(code), retryAfterMs: Math.ceil(seconds * 1000) };
    });
    if (failure !== undefined) return failure;
    const sent = response.status === "response" ? messageSchema.safeParse(parsedJson(response.body)).data : undefined;
    return sent === undefined ? malformedAnswer : { status: "accepted", providerMessageId: sent.id };
  }
}

/** Without `wait` Discord answers before it has looked at the message, and tells no id. */
function waiting(address: string): string {
  const url = new URL(address);
  url.searchParams.set("wait", "true");
  return url.href;
}

/**
 * Discord's webhooks (docs.discord.com/developers/resources/webhook, "Execute Webhook"). They take no nonce, so that a message whose
 * outcome is unknown may come twice.
 */
export const discord: ProviderDefinition<Settings> = {
  name: "discord",
  channels: ["chat"],
  schema: settingsSchema,
  secretNames: [],
  serves: (to) => webhookPattern.test(to),
  create: (settings, environment) => new ChatPosts(new Discord(settings), environment),
};
