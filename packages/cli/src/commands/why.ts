import type { RecipientDecision } from "@tidings/contract/recipient-decisions";
import { channels } from "@tidings/contract/words";
import { collect } from "../collect.ts";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { tableLines } from "../table.ts";

const limitRange = [1, 10_000] as const;
const limitDefault = 20;

export const why: Command = {
  name: "why",
  summary: "Why a recipient got, or did not get, what they did, newest first",
  description: [
    "Each line is one message that was to be sent, or was not: when that was decided, and by which rule. Filters all have to hold.",
  ],
  arguments: [{ name: "recipient", summary: "Id of the recipient" }],
  options: [
    { name: "category", value: "<key>", summary: "Only of this category" },
    { name: "workflow", value: "<key>", summary: "Only of this workflow" },
    { name: "channel", value: "<channel>", summary: `Only by this channel: ${channels.join(", ")}` },
    { name: "outcome", value: "<outcome>", summary: "Only what was decided so, such as send, deferred or not_sent" },
    { name: "event", value: "<id>", summary: "Only of this event" },
    { name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) },
  ],
  examples: [
    { line: "tidings why user_1", says: "The latest decisions" },
    {
      line: "tidings why user_1 --category orders --channel email --outcome not_sent",
      says: "Why the mails did not come",
    },
  ],
  json: '`{"items": [{"at", "event", "workflow", "category", "channel", "message", "decisions", "text"}], "more"}`',
  run,
};

async function run({ api, input, terminal, json, signal }: Context): Promise<Outcome> {
  const limit = input.whole("limit", limitRange) ?? limitDefault;
  const query = {
    category: input.text("category"),
    workflow: input.text("workflow"),
    channel: input.oneOf("channel", channels),
    outcome: input.text("outcome"),
    event: input.text("event"),
    limit: Math.min(100, limit),
  };
  const decisions = api().recipients.decisions(input.argument(0), query, { signal });
  const { items, more } = await collect(decisions, limit);
  if (json) terminal.document({ items, more });
  else {
    for (const line of tableLines(["AT", "WORKFLOW", "CHANNEL", "STATE", "WHY"], items.map(rowOf))) terminal.out(line);
    if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
  }
  return "ok";
}

const rowOf = ({ at, workflow, channel, message, text }: RecipientDecision): string[] => [
  at,
  workflow ?? "",
  channel ?? "",
  message?.state ?? "",
  text,
];
