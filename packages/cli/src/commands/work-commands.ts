import { collect } from "../collect.ts";
import type { Command, Option } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";
import { showWatched, type Work } from "../work.ts";

const limitDefault = 20;
export const someId = "018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d";
export const idArgument = { name: "id", summary: "Its id" } as const;
export const watch: Option = {
  name: "watch",
  short: "w",
  summary: "Follow it until it is over, with a bar on a terminal",
};

/** What `--json` gives of one. */
export const viewJsonOf = ({ noun, path }: { noun: string; path: string }): string =>
  `The ${noun} as \`GET ${path}/{id}\` shows it`;

export function showWork<View extends { state: string }>(work: Work<View>): Command {
  return {
    name: `${work.noun}s show`,
    summary: `Show how far a ${work.noun} is`,
    arguments: [idArgument],
    options: [watch],
    examples: [{ line: `tidings ${work.noun}s show ${someId} --watch`, says: "Until it is over" }],
    json: viewJsonOf(work),
    async run(context): Promise<Outcome> {
      const { input, terminal, json, signal, api } = context;
      if (input.flag("watch")) return showWatched(work, context, input.argument(0));
      const view = await work.calls(api()).get(input.argument(0), { signal });
      if (json) terminal.document(view);
      else for (const line of work.lines(view)) terminal.out(line);
      return "ok";
    },
  };
}

export function listWork<View extends { state: string }>(work: Work<View>): Command {
  return {
    name: `${work.noun}s list`,
    summary: `List the ${work.noun}s, newest first`,
    options: [{ name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) }],
    examples: [{ line: `tidings ${work.noun}s list`, says: "The newest ones" }],
    json: `\`{"items", "more"}\`: ${work.noun}s as \`GET ${work.path}\` lists them`,
    async run({ api, input, terminal, json, signal }): Promise<Outcome> {
      const limit = input.whole("limit", [1, 10_000]) ?? limitDefault;
      const found = work.calls(api()).list({ limit: Math.min(100, limit) }, { signal });
      const { items, more } = await collect(found, limit);
      if (json) terminal.document({ items, more });
      else {
        for (const line of tableLines([...work.columns], items.map(work.row))) terminal.out(line);
        if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
      }
      return "ok";
    },
  };
}

export function cancelWork<View extends { state: string }>(work: Work<View>, summary: string): Command {
  return {
    name: `${work.noun}s cancel`,
    summary,
    arguments: [idArgument],
    options: [{ name: "yes", short: "y", summary: "Do not ask" }],
    examples: [{ line: `tidings ${work.noun}s cancel ${someId} --yes`, says: "At once" }],
    json: '`{"events", "runs", "messages"}`: what was stopped',
    async run(context): Promise<Outcome> {
      const { input, terminal, json, signal, api } = context;
      const id = input.argument(0);
      await requireYes(context, `Cancel the ${work.noun} ${id}?`);
      const stopped = await work.calls(api()).cancel(id, { signal });
      if (json) terminal.document(stopped);
      else terminal.out(work.canceledText(stopped));
      return "ok";
    },
  };
}
