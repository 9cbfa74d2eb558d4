import { campaignOf } from "../campaign-of.ts";
import { campaignWork } from "../campaign-work.ts";
import type { Command } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { showWatched } from "../work.ts";
import { cancelWork, idArgument, listWork, showWork, someId, viewJsonOf, watch } from "./work-commands.ts";

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
  json: `\`{"id"}\`; with --watch: ${viewJsonOf(campaignWork)}`,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const idempotencyKey = input.text("idempotency-key");
    const body = await campaignOf(input, context.cwd);
    const { id } = await api().campaigns.start(body, {
      signal,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (input.flag("watch")) return showWatched(campaignWork, context, id);
    if (json) terminal.document({ id });
    else terminal.out(id);
    return "ok";
  },
};

/** `pause` or `resume`. */
function turned(verb: "pause" | "resume", summary: string): Command {
  return {
    name: `campaigns ${verb}`,
    summary,
    arguments: [idArgument],
    examples: [{ line: `tidings campaigns ${verb} ${someId}`, says: "And shows how far it is" }],
    json: viewJsonOf(campaignWork),
    async run({ input, terminal, json, signal, api }): Promise<Outcome> {
      const view = await api().campaigns[verb](input.argument(0), { signal });
      if (json) terminal.document(view);
      else for (const line of campaignWork.lines(view)) terminal.out(line);
      return "ok";
    },
  };
}

export const campaigns: readonly Command[] = [
  start,
  showWork(campaignWork),
  listWork(campaignWork),
  turned("pause", "Take nobody in any more until the campaign is resumed"),
  turned("resume", "Let a campaign go on where it was paused"),
  cancelWork(campaignWork, "Stop what has not gone out of a campaign"),
];
