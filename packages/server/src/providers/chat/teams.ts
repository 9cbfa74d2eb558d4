import { z } from "zod";
import { ruleOfStatus } from "../../domain/http-status.ts";
import type { OutboundMessage, OutboundResponse, Outcome, ProviderDefinition } from "../../ports/provider.ts";
import { baseUrlSchema, throughBase } from "../base-url.ts";
import { type CodeRule, type CodeTable, codeOutcome, malformedAnswer, vendorFailure } from "../vendor-outcome.ts";
import { type Laid, ownFields } from "./own-fields.ts";
import { addressInvalid, ChatPosts, type ChatVendor, type PostOrFault, postOf } from "./posts.ts";

const settingsSchema = z.strictObject({
  /** Origin in place of that of the webhooks. */
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

/** Hosts of Workflows and of incoming webhooks, each with what stands in front of it. */
const hosts: readonly RegExp[] = [
  /^[a-z0-9.-]+\.environment\.api\.powerplatform\.(?:com|us|cn)$/,
  /^[a-z0-9.-]+\.logic\.azure\.(?:com|us|cn)$/,
  /^[a-z0-9-]+\.webhook\.office\.com$/,
  /^outlook\.office(?:365)?\.com$/,
];

const gone: CodeRule = { kind: "permanent", suppress: true };
const refused: CodeRule = { kind: "permanent" };
const busy: CodeRule = { kind: "transient", scope: "message" };

/**
 * Error codes of Workflows (learn.microsoft.com/azure/logic-apps) and statuses. A webhook is the address's own: whatever is wrong
 * with its key or its owner lets other messages out.
 */
const codes: CodeTable = {
  WorkflowNotFound: gone,
  WorkflowTriggerNotFound: gone,
  // its owner may switch it on again
  WorkflowTriggerIsNotEnabled: refused,
  WorkflowDisabled: refused,
  TriggerInputSchemaMismatch: refused,
  DirectApiAuthorizationRequired: refused,
  DirectApiInvalidAuthorizationScheme: refused,
  "400": refused,
  "401": refused,
  "403": refused,
  "404": gone,
  "410": gone,
  // 28 KB for a message (learn.microsoft.com/microsoftteams/limits-specifications-teams)
  "413": refused,
  "429": busy,
};

const errorSchema = z.object({ error: z.object({ code: z.string().regex(/^[A-Za-z]{1,60}$/) }) });

class Teams implements ChatVendor {
  readonly #baseUrl: string | undefined;

  constructor({ baseUrl }: Settings) {
    this.#baseUrl = baseUrl;
  }

  /** Webhooks of different tenants lie on hosts of their own. */
  destination(to: string): string {
    return URL.canParse(to) ? new URL(to).host : "";
  }

  post(message: OutboundMessage): PostOrFault {
    const url = servesTeams(message.to) ? throughBase(message.to, this.#baseUrl) : undefined;
    return url === undefined ? addressInvalid : postOf(url, messageOf(message));
  }

  outcome(response: OutboundResponse, nowMs: number): Outcome {
    const failure = vendorFailure(response, nowMs, codes, (body) => ({
      code: errorSchema.safeParse(body).data?.error.code,
    }));
    if (failure !== undefined) return failure;
    if (response.status !== "response") return malformedAnswer;
    return takenOutcome(response.statusCode, response.body.toString().trim());
  }
}

/**
 * Workflows take a message by 202, incoming webhooks by 200 with `1`, or say in a 200 which status Teams answered them
 * (learn.microsoft.com, "Rate limiting for connectors").
 */
function takenOutcome(statusCode: number, body: string): Outcome {
  const [, inner] = /HTTP error (\d{3})\b/.exec(body) ?? [];
  if (inner !== undefined) {
    const isOver = ruleOfStatus(Number(inner))?.kind === "transient" && codes[inner] === undefined;
    return isOver ? { status: "rejected", kind: "transient", code: inner } : codeOutcome(codes, inner);
  }
  return statusCode === 202 || body === "1" || body === "" ? { status: "accepted" } : malformedAnswer;
}

/** Text and pictures as an Adaptive Card; fields of the message's own are the card's, or with `attachments` the whole message's. */
function messageOf(message: OutboundMessage): Laid {
  const own = ownFields(message, []);
  if ("fault" in own) return own;
  const { text = "", mediaUrls = [] } = message.content;
  const isWhole = Object.hasOwn(own.fields, "attachments");
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      { type: "TextBlock", text, wrap: true },
      ...mediaUrls.map((url) => ({ type: "Image", url, size: "Stretch" })),
    ],
    ...(isWhole ? {} : own.fields),
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card };
  return { fields: { type: "message", attachments: [attachment], ...(isWhole ? own.fields : {}) } };
}

function servesTeams(to: string): boolean {
  if (!URL.canParse(to)) return false;
  const { protocol, hostname, username, password } = new URL(to);
  return protocol === "https:" && username + password === "" && hosts.some((host) => host.test(hostname));
}

/** Microsoft Teams: the URLs of Workflows (Power Automate), and of the incoming webhooks that came before them. */
export const teams: ProviderDefinition<Settings> = {
  name: "teams",
  channels: ["chat"],
  schema: settingsSchema,
  secretNames: [],
  serves: servesTeams,
  create: (settings, environment) => new ChatPosts(new Teams(settings), environment),
};
