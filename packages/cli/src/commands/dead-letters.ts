import { type DeadLetterView, deadLetterKinds } from "@tidings/contract/dead-letters";
import { channels } from "@tidings/contract/words";
import { collect } from "../collect.ts";
import type { Command, Context, Option } from "../command.ts";
import { messageLines } from "../event-lines.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { replayByFilter, replayIds } from "../replay.ts";
import { requireYes } from "../require-yes.ts";
import { tableLines } from "../table.ts";
import { plain } from "../terminal.ts";

const limitRange = [1, 100_000] as const;
const limitDefault = 50;

const filterOptions: readonly Option[] = [
  { name: "reason", value: "<reason>", summary: "Only those of this reason, as the list shows it" },
  { name: "channel", value: "<channel>", summary: `Only those of this channel: ${channels.join(", ")}` },
  { name: "kind", value: "<kind>", summary: `Only those of this kind: ${deadLetterKinds.join(", ")}` },
];

/** What the options of the filter say of one. */
export function fits(input: Context["input"]): (letter: DeadLetterView) => boolean {
  const reason = input.text("reason");
  const channel = input.oneOf("channel", channels);
  const kind = input.oneOf("kind", deadLetterKinds);
  return (letter) =>
    (reason === undefined || letter.reason === reason) &&
    (channel === undefined || letter.message?.channel === channel) &&
    (kind === undefined || letter.kind === kind);
}

const list: Command = {
  name: "dead-letters list",
  summary: "List what could not be done, newest first",
  options: [
    ...filterOptions,
    { name: "limit", value: "<n>", summary: "How many are shown", default: String(limitDefault) },
  ],
  examples: [
    { line: "tidings dead-letters list", says: "The newest ones" },
    {
      line: "tidings dead-letters list --channel email --json | jq -r '.items[].reason' | sort | uniq -c",
      says: "How often which reason",
    },
  ],
  json: '`{"items": [{"id", "kind", "reason", "detail", "at", "message", "source"}], "more"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const limit = input.whole("limit", limitRange) ?? limitDefault;
    const letters = api().deadLetters.list({ limit: Math.min(100, limit) }, { signal });
    const { items, more } = await collect(filtered(letters, fits(input)), limit);
    if (json) terminal.document({ items, more });
    else {
      const rows = items.map((each) => [
        each.id,
        each.kind,
        each.message?.channel ?? "",
        each.message?.recipient ?? each.source?.place ?? "",
        each.at,
        each.reason,
      ]);
      for (const line of tableLines(["ID", "KIND", "CHANNEL", "RECIPIENT OR PLACE", "AT", "REASON"], rows))
        terminal.out(line);
      if (more) terminal.note(`there are more than ${limit}; --limit shows them`);
    }
    return "ok";
  },
};

async function* filtered(letters: AsyncIterable<DeadLetterView>, fit: (letter: DeadLetterView) => boolean) {
  for await (const letter of letters) if (fit(letter)) yield letter;
}

const show: Command = {
  name: "dead-letters show",
  summary: "Show one with its message, attempts and decisions",
  arguments: [{ name: "id", summary: "Id of the dead letter" }],
  examples: [{ line: "tidings dead-letters show 0193b6c0-5e1a-8f3e-9c1d-2b7a4d6e8f01", says: "Why it ended there" }],
  json: '`{"id", "kind", "reason", "detail", "at", "message", "source"}`',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const letter = await api().deadLetters.get(input.argument(0), { signal });
    if (json) terminal.document(letter);
    else {
      terminal.out(`${letter.kind} ${letter.id}  at ${letter.at}`);
      terminal.out(
        `  ${terminal.style("red", plain(letter.reason))}${letter.detail === undefined ? "" : `: ${plain(letter.detail)}`}`,
      );
      if (letter.source !== undefined) {
        terminal.out(`  source ${plain(letter.source.key)}  ${plain(letter.source.place)}`);
        if (letter.source.record !== undefined) terminal.out(`  ${plain(letter.source.record.value)}`);
      }
      if (letter.message !== undefined)
        for (const line of messageLines(letter.message, terminal, "  ")) terminal.out(line);
    }
    return "ok";
  },
};

const replay: Command = {
  name: "dead-letters replay",
  summary: "Try dead letters again, under the same ids",
  description: [
    "Takes ids, or a filter, or --all. What expired meanwhile does not go out: it ends expired. What fails again comes back as a dead letter and is not tried a second time by the same call. A record of a source is mapped anew, and stays where it is refused again.",
  ],
  arguments: [{ name: "id", summary: "Ids of dead letters", optional: true, many: true }],
  options: [
    ...filterOptions,
    { name: "all", summary: "All of them" },
    { name: "yes", short: "y", summary: "Do not ask" },
  ],
  examples: [
    { line: "tidings dead-letters replay 0193b6c0-5e1a-8f3e-9c1d-2b7a4d6e8f01", says: "One" },
    {
      line: "tidings dead-letters replay --channel email --reason attempts_exhausted --yes",
      says: "What an outage of a provider left",
    },
  ],
  json: '`{"replayed", "expired", "refused"}`; `refused` where there were records of sources',
  run: runReplay,
};

async function runReplay(context: Context): Promise<Outcome> {
  const { input, terminal, json } = context;
  const ids = input.arguments;
  const isFiltered = ["reason", "channel", "kind"].some((name) => input.text(name) !== undefined);
  const isAll = input.flag("all");
  if (ids.length > 0 && (isFiltered || isAll)) throw usage("replay takes ids, or a filter, or --all");
  if (ids.length === 0 && !isFiltered && !isAll)
    throw usage("replay needs ids, a filter or --all", "tidings help dead-letters replay");
  const fit = fits(input);
  if (ids.length === 0) await requireYes(context, isFiltered ? "Replay all that fit?" : "Replay all dead letters?");
  const result = ids.length > 0 ? await replayIds(context, ids) : await replayByFilter(context, fit);
  if (json) terminal.document(result);
  else
    terminal.out(
      `${result.replayed} replayed, ${result.expired} expired${result.refused === undefined ? "" : `, ${result.refused} refused again`}`,
    );
  return "ok";
}

export const deadLetters: readonly Command[] = [list, show, replay];
