import { collect } from "../collect.ts";
import type { Command, Option } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { showWatched } from "../follow-replay.ts";
import { previewLines, replayLines } from "../replay-lines.ts";
import { replayOf } from "../replay-of.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";

const limitDefault = 20;
const idArgument = { name: "id", summary: "Its id" } as const;
const watch: Option = { name: "watch", short: "w", summary: "Follow it until it is over, with a bar on a terminal" };
const viewJson = "The replay as `GET /v1/events/replays/{id}` shows it";

const selection: readonly Option[] = [
  { name: "name", short: "n", value: "<event>", many: true, summary: "Name of events" },
  { name: "from", value: "<time>", summary: "Events that came in from then on, ISO 8601 with an offset" },
  { name: "to", value: "<time>", summary: "Events that came in before then", default: "now" },
  { name: "event", short: "e", value: "<id>", many: true, summary: "One event, in place of names and times" },
  { name: "tenant", value: "<key>", summary: "Events of this tenant only" },
  { name: "recipient", short: "r", value: "<id>", summary: "Events that name this recipient; they go to nobody else" },
  {
    name: "workflow",
    value: "<key>",
    many: true,
    summary: "A workflow that they go to",
    default: "all that await them",
  },
];

const preview: Command = {
  name: "replays preview",
  summary: "Tell what a replay of past events would come to, without sending anything",
  options: selection,
  examples: [
    {
      line: "tidings replays preview --name order.shipped --from 2026-11-01T00:00:00Z --workflow order-survey",
      says: "How many events and messages there would be",
    },
  ],
  json: "What `POST /v1/events/replay/preview` answers",
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const told = await api().replays.preview(replayOf(input, "replays preview"), { signal });
    if (json) terminal.document(told);
    else for (const line of previewLines(told)) terminal.out(line);
    return "ok";
  },
};

const start: Command = {
  name: "replays start",
  summary: "Let past events go to workflows once more, as a new generation",
  description: [
    "Preferences, suppressions, caps and all other policy are those of the moment at which an event goes. What has expired is skipped. `tidings replays preview` tells beforehand what comes of it.",
  ],
  options: [
    ...selection,
    { name: "per-second", value: "<n>", summary: "How many events go per second, at most", default: "the server's" },
    { name: "idempotency-key", value: "<key>", summary: "Makes repeated calls one, for 24 hours" },
    { name: "yes", short: "y", summary: "Do not ask" },
    watch,
  ],
  examples: [
    {
      line: "tidings replays start --name order.shipped --from 2026-11-01T00:00:00Z --workflow order-survey --yes --watch",
      says: "The orders of November go to a workflow that is new, followed to the end",
    },
  ],
  json: `\`{"id"}\`; with --watch: ${viewJson}`,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const idempotencyKey = input.text("idempotency-key");
    const body = replayOf(input, "replays start");
    await requireYes(context, "Let these events go out once more?");
    const { id } = await api().replays.start(body, {
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
  name: "replays show",
  summary: "Show how far a replay is",
  arguments: [idArgument],
  options: [watch],
  examples: [{ line: "tidings replays show 018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d --watch", says: "Until it is over" }],
  json: viewJson,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    if (input.flag("watch")) return showWatched(context, input.argument(0));
    const replay = await api().replays.get(input.argument(0), { signal });
    if (json) terminal.document(replay);
    else for (const line of replayLines(replay)) terminal.out(line);
    return "ok";
  },
};

const list: Command = {
  name: "replays list",
  summary: "List the replays, newest first",
  options: [{ name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) }],
  examples: [{ line: "tidings replays list", says: "The newest ones" }],
  json: '`{"items", "more"}`: replays as `GET /v1/events/replays` lists them',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const limit = input.whole("limit", [1, 10_000]) ?? limitDefault;
    const { items, more } = await collect(api().replays.list({ limit: Math.min(100, limit) }, { signal }), limit);
    if (json) terminal.document({ items, more });
    else {
      const rows = items.map(({ id, state, createdAt, names, events }) => [
        id,
        state,
        createdAt,
        names?.join(" ") ?? `${events} named`,
      ]);
      for (const line of tableLines(["ID", "STATE", "SINCE", "EVENTS"], rows)) terminal.out(line);
      if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
    }
    return "ok";
  },
};

const cancel: Command = {
  name: "replays cancel",
  summary: "Stop a replay, and what has not gone out of it",
  arguments: [idArgument],
  options: [{ name: "yes", short: "y", summary: "Do not ask" }],
  examples: [{ line: "tidings replays cancel 018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d --yes", says: "At once" }],
  json: '`{"events", "runs", "messages"}`: what was stopped',
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const id = input.argument(0);
    await requireYes(context, `Cancel the replay ${id}?`);
    const stopped = await api().replays.cancel(id, { signal });
    if (json) terminal.document(stopped);
    else terminal.out(`${stopped.events} events, ${stopped.runs} runs and ${stopped.messages} messages canceled`);
    return "ok";
  },
};

export const replays: readonly Command[] = [preview, start, show, list, cancel];
