import { mailboxProviders } from "@tidings/contract/mailbox-providers";
import { type StatisticDimension, statisticDimensions, statisticIntervals } from "@tidings/contract/statistics";
import { channels, lanes } from "@tidings/contract/words";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import type { Input } from "../input.ts";
import { didYouMean } from "../nearest.ts";
import { statisticLines } from "../statistic-lines.ts";
import { timeOf } from "../time-of.ts";

const fromDefault = "24h";

/** As people call them here. */
const dimensionOf: Readonly<Record<string, StatisticDimension>> = {
  ...Object.fromEntries(statisticDimensions.map((dimension) => [dimension, dimension])),
  provider: "integration",
  mailbox: "mailboxProvider",
};
const names = Object.keys(dimensionOf);

export const stats: Command = {
  name: "stats",
  summary: "Show volume, rates, latency and spend",
  description: [
    "Of the environment, from sums that are kept as things happen: a look costs the same however many messages there are. P50, P95 and P99 are the times from when a message might go out until its provider took it.",
  ],
  options: [
    { name: "from", value: "<time>", summary: "Since when: 90m, 24h, 7d or 2w ago, or a time", default: fromDefault },
    { name: "to", value: "<time>", summary: "Until when, likewise", default: "now" },
    {
      name: "by",
      value: "<dimension>",
      many: true,
      summary: `A line for each, of at most two: ${names.filter((name) => !["integration", "mailboxProvider"].includes(name)).join(", ")}`,
    },
    {
      name: "interval",
      value: "<interval>",
      summary: `A line for each of these too: ${statisticIntervals.join(", ")}`,
    },
    { name: "channel", value: "<channel>", summary: `Only this channel: ${channels.join(", ")}` },
    { name: "lane", value: "<lane>", summary: `Only this lane: ${lanes.join(", ")}` },
    { name: "category", value: "<key>", summary: "Only this category" },
    { name: "tenant", value: "<key>", summary: "Only this tenant" },
    { name: "workflow", value: "<key>", summary: "Only this workflow" },
    { name: "provider", value: "<key>", summary: "Only this integration" },
    { name: "mailbox", value: "<provider>", summary: `Only mail to: ${mailboxProviders.join(", ")}` },
    { name: "limit", value: "<n>", summary: "How many groups are shown, the busiest first", default: "100" },
  ],
  examples: [
    { line: "tidings stats --from 24h --by provider", says: "How each integration fared today" },
    { line: "tidings stats --from 7d --by mailbox --channel email", says: "Mail by who runs the mailboxes" },
    { line: "tidings stats --interval hour --json | jq '.total.series[].bounceRate'", says: "Into another program" },
  ],
  json: 'What `GET /v1/statistics` answers: `{"from", "to", "interval", "total", "groups", "truncated"}`.',
  run,
};

async function run({ api, input, terminal, json, signal }: Context): Promise<Outcome> {
  const groupBy = groupsOf(input);
  const now = Date.now();
  const to = input.text("to");
  const query = {
    from: timeOf(input.text("from") ?? fromDefault, "from", now),
    to: to === undefined ? undefined : timeOf(to, "to", now),
    interval: input.oneOf("interval", statisticIntervals),
    groupBy,
    limit: input.whole("limit", [1, 1000]),
    channel: input.oneOf("channel", channels),
    lane: input.oneOf("lane", lanes),
    category: input.text("category"),
    tenant: input.text("tenant"),
    workflow: input.text("workflow"),
    integration: input.text("provider"),
    mailboxProvider: input.oneOf("mailbox", mailboxProviders),
  };
  const statistics = await api().statistics.get(query, { signal });
  if (json) terminal.document(statistics);
  else for (const line of statisticLines(statistics, groupBy, terminal)) terminal.out(line);
  return "ok";
}

/** `--by a --by b` and `--by a,b` are the same. */
function groupsOf(input: Input): StatisticDimension[] {
  const given = input.list("by").flatMap((text) => text.split(","));
  const groups = given.map((name) => {
    const dimension = Object.hasOwn(dimensionOf, name) ? dimensionOf[name] : undefined;
    if (dimension === undefined) throw usage(`--by ${name} is nothing to group by`, didYouMean(name, names));
    return dimension;
  });
  if (groups.length > 2 || new Set(groups).size < groups.length) throw usage("--by takes one or two different ones");
  return groups;
}
