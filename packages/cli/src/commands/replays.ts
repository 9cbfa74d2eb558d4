import type { Command, Option } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { previewLines } from "../replay-lines.ts";
import { replayOf } from "../replay-of.ts";
import { replayWork } from "../replay-work.ts";
import { requireYes } from "../require-yes.ts";
import { showWatched } from "../work.ts";
import { cancelWork, listWork, showWork, viewJsonOf, watch } from "./work-commands.ts";

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
  json: `\`{"id"}\`; with --watch: ${viewJsonOf(replayWork)}`,
  async run(context): Promise<Outcome> {
    const { input, terminal, json, signal, api } = context;
    const idempotencyKey = input.text("idempotency-key");
    const body = replayOf(input, "replays start");
    await requireYes(context, "Let these events go out once more?");
    const { id } = await api().replays.start(body, {
      signal,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (input.flag("watch")) return showWatched(replayWork, context, id);
    if (json) terminal.document({ id });
    else terminal.out(id);
    return "ok";
  },
};

export const replays: readonly Command[] = [
  preview,
  start,
  showWork(replayWork),
  listWork(replayWork),
  cancelWork(replayWork, "Stop a replay, and what has not gone out of it"),
];
