import { campaignLines } from "../campaign-lines.ts";
import { campaignOf } from "../campaign-of.ts";
import { collect } from "../collect.ts";
import type { Command, Context, Option } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { followCampaign } from "../follow-campaign.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";

const limitDefault = 20;
const idArgument = { name: "id", summary: "Its id" } as const;
const watch: Option = { name: "watch", short: "w", summary: "Follow it until it is over, with a bar on a terminal" };
const viewJson = "The campaign as `GET /v1/campaigns/{id}` shows it";

const start: Command = {
  name: "campaigns start",
  summary: "Send an event to segments, topics or recipients, and keep its progress",
  arguments: [
    { name: "event", summary: "Name of the event, which a workflow awaits" },
    { name: "name", summary: "What people call the campaign" },
  ],
  options: [
    { name: "segment", value: "<key>", many: true, summary: "All who are in a segment" },
    { name: "topic", value: "<key>", many: true, summary: "All who are subscribed to a topic" },
    { name: "recipient", short: "r", value: "<id>", many: true, summary: "One recipient" },
    {
      name: "data",
      short: "d",
      value: "<json|@file>",
      summary: "What happened: a JSON object, or a file of JSON or YAML",
    },
    { name: "tenant", value: "<key>", summary: "Tenant that it belongs to" },
    { name: "scheduled-at", value: "<time>", summary: "When it begins, ISO 8601 with an offset" },
    { name: "expires-at", value: "<time>", summary: "What has not gone out by then never does" },
    { name: "spread-minutes", value: "<n>", summary: "Each recipient has a turn within so many minutes" },
    { name: "local-time", value: "<hh:mm>", summary: "Each recipient has their turn at this time of their day" },
    { name: "idempotency-key", value: "<key>", summary: "Makes repeated calls one, for 24 hours" },
    watch,
  ],
  examples: [
    {
      line: "tidings campaigns start offer.made Autumn --segment quiet-pros --local-time 09:00 --watch",
      says: "At nine in the morning wherever they are, followed to the end",
    },
  ],
  json: `\`{"id"}\`; with --watch: ${viewJson}`,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const idempotencyKey = input.text("idempotency-key");
    const body = await campaignOf(input, context.cwd);
    const { id } = await api().campaigns.start(body, {
      signal,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (input.flag("watch")) return showWatched(context, id);
    if (json) terminal.document({ id });
    else terminal.out(id);
    return "ok";
  },
};

const show: Command = {
  name: "campaigns show",
  summary: "Show how far a campaign is",
  arguments: [idArgument],
  options: [watch],
  examples: [{ line: "tidings campaigns show 018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d --watch", says: "Until it is over" }],
  json: viewJson,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    if (input.flag("watch")) return showWatched(context, input.argument(0));
    const campaign = await api().campaigns.get(input.argument(0), { signal });
    if (json) terminal.document(campaign);
    else for (const line of campaignLines(campaign)) terminal.out(line);
    return "ok";
  },
};

const list: Command = {
  name: "campaigns list",
  summary: "List the campaigns, newest first",
  options: [{ name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) }],
  examples: [{ line: "tidings campaigns list", says: "The newest ones" }],
  json: '`{"items", "more"}`: campaigns as `GET /v1/campaigns` lists them',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const limit = input.whole("limit", [1, 10_000]) ?? limitDefault;
    const { items, more } = await collect(api().campaigns.list({ limit: Math.min(100, limit) }, { signal }), limit);
    if (json) terminal.document({ items, more });
    else {
      const rows = items.map(({ id, state, createdAt, event, name }) => [id, state, createdAt, event, name]);
      for (const line of tableLines(["ID", "STATE", "SINCE", "EVENT", "NAME"], rows)) terminal.out(line);
      if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
    }
    return "ok";
  },
};

const cancel: Command = {
  name: "campaigns cancel",
  summary: "Stop what has not gone out of a campaign",
  arguments: [idArgument],
  options: [{ name: "yes", short: "y", summary: "Do not ask" }],
  examples: [{ line: "tidings campaigns cancel 018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d --yes", says: "At once" }],
  json: '`{"events", "runs", "messages"}`: what was stopped',
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const id = input.argument(0);
    await requireYes(context, `Cancel the campaign ${id}?`);
    const stopped = await api().campaigns.cancel(id, { signal });
    if (json) terminal.document(stopped);
    else terminal.out(`${stopped.messages} messages and ${stopped.runs} runs canceled`);
    return "ok";
  },
};

async function showWatched({ api, terminal, json, signal }: Context, id: string): Promise<Outcome> {
  const campaign = await followCampaign(api(), id, terminal, signal);
  if (json) terminal.document(campaign);
  else for (const line of campaignLines(campaign)) terminal.out(line);
  return campaign.state === "done" ? "ok" : "difference";
}

export const campaigns: readonly Command[] = [start, show, list, cancel];
