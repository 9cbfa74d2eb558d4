import type { PauseKind, PauseView } from "@tidings/client";
import { pauseKinds } from "@tidings/contract/pauses";
import { collect } from "../collect.ts";
import type { Argument, Command, Option } from "../command.ts";
import { endOf } from "../end-of.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import type { Input } from "../input.ts";
import { pauseTable, waitingText } from "../pause-table.ts";
import { requireYes } from "../require-yes.ts";

const shownMax = 10_000;

const what: readonly Argument[] = [
  { name: "kind", summary: `What it is: ${pauseKinds.join(", ")}` },
  {
    name: "key",
    summary: "Which one: the word of a lane or channel, the key of an integration (of marketing too) or workflow",
  },
];
const tenantOption: Option = { name: "tenant", value: "<key>", summary: "Only messages of this tenant" };
const view =
  '`{"kind", "key", "tenant", "state", "reason", "createdAt", "until", "resumedAt", "waiting", "waitingIsBound"}`';

function kindIn(input: Input): PauseKind {
  const word = input.argument(0);
  const kind = pauseKinds.find((known) => known === word);
  if (kind === undefined) throw usage(`${JSON.stringify(word)} cannot be paused`, `one of ${pauseKinds.join(", ")}`);
  return kind;
}

const nameOf = ({ kind, key, tenant }: PauseView): string =>
  `${kind} ${key}${tenant === undefined ? "" : ` of ${tenant}`}`;

const pauseCommand: Command = {
  name: "pause",
  summary: "Keep what would go out: of a lane, an integration, its marketing, a channel or a workflow",
  description: [
    "In force in every process within a second. Nothing is lost: messages wait, go out once it is resumed, and expire as they would. What is under way goes on. Of an integration: others of its channel take over, and where there is none messages wait. Of the marketing of an integration: no other takes over.",
    "Paused again, it takes the new reason and time. The lane critical is asked about.",
  ],
  arguments: what,
  options: [
    tenantOption,
    { name: "reason", value: "<text>", summary: "Why, for whoever sees it" },
    {
      name: "until",
      value: "<time>",
      summary: "When it ends by itself: a time, or how long from now, such as 90m, 4h, 2d",
    },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings pause lane marketing --reason 'wrong price in the offer'", says: "No marketing goes out" },
    { line: "tidings pause integration sendgrid --until 2h", says: "Others of its channel take over for two hours" },
  ],
  json: view,
  async run(context): Promise<Outcome> {
    const { api, input, terminal, json, signal } = context;
    const kind = kindIn(input);
    const key = input.argument(1);
    const until = input.text("until");
    if (kind === "lane" && key === "critical")
      await requireYes(context, "Pause what is critical? Password resets and alerts wait too.");
    const paused = await api().pauses.pause(
      kind,
      key,
      {
        tenant: input.text("tenant"),
        reason: input.text("reason"),
        until: until === undefined ? undefined : endOf("until", until, Date.now()),
      },
      { signal },
    );
    if (json) terminal.document(paused);
    else terminal.out(`${nameOf(paused)} is paused; ${waitingText(paused)} wait`);
    return "ok";
  },
};

const resumeCommand: Command = {
  name: "resume",
  summary: "Let go out what a pause has kept",
  arguments: what,
  options: [tenantOption],
  examples: [{ line: "tidings resume lane marketing", says: "What waited goes out, oldest first" }],
  json: view,
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const tenant = input.text("tenant");
    const resumed = await api().pauses.resume(kindIn(input), input.argument(1), { tenant }, { signal });
    if (json) terminal.document(resumed);
    else terminal.out(`${nameOf(resumed)} is resumed; ${waitingText(resumed)} waited`);
    return "ok";
  },
};

const list: Command = {
  name: "pauses",
  summary: "List what is paused, and how much waits for it",
  examples: [
    { line: "tidings pauses", says: "What was resumed is shown until all that waited is due" },
    { line: "tidings pauses --json | jq '[.items[].waiting] | add'", says: "How many messages wait in all" },
  ],
  json: `\`{"items": […]}\`, each ${view}`,
  async run({ api, terminal, json, signal }): Promise<Outcome> {
    const { items } = await collect(api().pauses.list({}, { signal }), shownMax);
    if (json) terminal.document({ items });
    else if (items.length === 0) terminal.out("nothing is paused");
    else for (const line of pauseTable(items)) terminal.out(line);
    return "ok";
  },
};

export const pauses: readonly Command[] = [pauseCommand, resumeCommand, list];
