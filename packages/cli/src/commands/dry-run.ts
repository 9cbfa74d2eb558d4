import { type DryRunOutcomeView, type DryRunView, dryRunBodySchema } from "@tidings/contract/dry-runs";
import { faultsOf } from "@tidings/contract/faults";
import type { Command, Context } from "../command.ts";
import { dryRunHistory } from "../dry-run-history.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { leftOutWords } from "../left-out-words.ts";
import { readValue } from "../read-value.ts";
import { tableLines } from "../table.ts";
import { plain } from "../terminal.ts";

export const dryRun: Command = {
  name: "dry-run",
  summary: "What a workflow would do with an event, without sending anything",
  description: [
    "Takes a past event, or one that is made up by --recipient and --data. The workflow is the one in force, an earlier --version, or a --file that is not published; so are category and policy. What would wait is followed at once, each turn at the time at which it would be due.",
    "Preferences, consents, suppressions and caps are those of now. What cannot be known then is named.",
  ],
  arguments: [{ name: "workflow", summary: "Key of the workflow" }],
  options: [
    { name: "event", value: "<id>", summary: "A past event" },
    {
      name: "recipient",
      short: "r",
      value: "<id|json|@file>",
      many: true,
      summary: "Who it goes to, a topic or segment among them; may be given several times",
    },
    { name: "data", short: "d", value: "<json|@file>", summary: "Data of an event that is made up" },
    { name: "tenant", value: "<key>", summary: "Tenant of the event" },
    { name: "at", value: "<time>", summary: "When the event comes in", default: "when the past event did, else now" },
    { name: "version", value: "<n>", summary: "An earlier version of the workflow" },
    { name: "file", value: "<file>", summary: "YAML or JSON of a workflow that is not published" },
    { name: "category", value: "<file>", summary: "YAML or JSON of its category, in place of the one in force" },
    { name: "policy", value: "<file>", summary: "YAML or JSON of the policy, in place of the one in force" },
    {
      name: "assume",
      value: "<json|@file>",
      summary: "What fetch steps answer, and what becomes of messages, by step",
    },
    {
      name: "days",
      value: "<n>",
      summary: "Over the events of the last days: volume, cost and recipients, proposed against published",
    },
    { name: "price", value: "<channel=n>", many: true, summary: "With --days: what a message costs on a channel" },
    { name: "preview", summary: "Show the subjects and texts of the first messages" },
  ],
  examples: [
    {
      line: 'tidings dry-run order-shipped --recipient anna --data \'{"order":"4711"}\'',
      says: "What would become of a new event",
    },
    {
      line: "tidings dry-run order-shipped --event 0193b6c0-5e1a-8f3e-9c1d-2b7a4d6e8f01 --file order-shipped.yaml",
      says: "What a change would have done with a past event",
    },
    {
      line: "tidings dry-run order-shipped --days 7 --file order-shipped.yaml --price sms=0.07",
      says: "What a change would have made of the events of a week",
    },
  ],
  json: '`{"workflow", "workflowVersion", "lane", "at", "outcomes": [{"recipient", "step", "channel", "sends", "dueAt", "decisions", "text", "preview"}], "assumed", "notWeighed", "recipients", "totals", "truncated", "leftOut"}`; with --days: `{"from", "to", "until", "events", "messages", "channels", "cost", "recipients", "notSent", "assumed", "notWeighed", "basis"}`',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { api, input, terminal, json, signal } = context;
  if (input.text("days") !== undefined) return dryRunHistory(context);
  const result = await api().workflows.dryRun(input.argument(0), await bodyOf(context), { signal });
  if (json) terminal.document(result);
  else show(result, context);
  return "ok";
}

async function bodyOf({ input, cwd }: Context) {
  const readOption = async (name: string, isFile = false): Promise<unknown> => {
    const text = input.text(name);
    return text === undefined ? undefined : readValue(name, isFile ? `@${text}` : text, cwd);
  };
  const recipients: unknown[] = [];
  for (const text of input.list("recipient"))
    recipients.push(/^[@{[]/.test(text) ? await readValue("recipient", text, cwd) : text);
  const given = {
    event: input.text("event"),
    recipients: recipients.length === 0 ? undefined : recipients.flat(),
    data: await readOption("data"),
    tenant: input.text("tenant"),
    at: input.text("at"),
    version: input.whole("version", [1, 1_000_000_000]),
    workflow: await readOption("file", true),
    category: await readOption("category", true),
    policy: await readOption("policy", true),
    assume: await readOption("assume"),
    preview: input.flag("preview") ? true : undefined,
  };
  const parsed = dryRunBodySchema.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "this is not what a dry run takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: "tidings help dry-run",
  });
}

function show(
  { workflow, workflowVersion, at, outcomes, assumed, notWeighed, recipients, totals, leftOut }: DryRunView,
  { terminal }: Context,
): void {
  const version = workflowVersion === 0 ? "not published" : `v${workflowVersion}`;
  terminal.out(terminal.style("bold", `${workflow} ${version}, event at ${at}`));
  const head = ["RECIPIENT", "STEP", "CHANNEL", "GOES OUT", "WHY"];
  for (const line of tableLines(head, outcomes.map(rowOf))) terminal.out(line);
  for (const outcome of outcomes) for (const line of previewLines(outcome)) terminal.out(line);
  for (const { step, text } of assumed) terminal.note(`assumed of step ${plain(step)}: ${plain(text)}`);
  for (const { text } of notWeighed) terminal.note(text);
  if (recipients.shown < recipients.weighed) {
    terminal.out("");
    for (const line of tableLines(["COUNT", "CHANNEL", "WHAT"], totals.map(totalRow))) terminal.out(line);
    terminal.note(`of ${recipients.weighed} recipients, the first ${recipients.shown} are listed above`);
  }
  if (leftOut !== undefined) terminal.note(leftOutWords(leftOut));
}

const totalRow = ({ count, channel, text }: DryRunView["totals"][number]): string[] => [
  String(count),
  channel ?? "",
  text,
];

const rowOf = ({ recipient, step, channel, sends, dueAt, text }: DryRunOutcomeView): string[] => [
  recipient,
  step ?? "",
  channel ?? "",
  sends ? (dueAt ?? "yes") : "no",
  text,
];

function previewLines({ recipient, channel, preview }: DryRunOutcomeView): string[] {
  if (preview === undefined) return [];
  const { subject, text, body } = preview.content;
  const lines = [subject, text, body].flatMap((part) => (part === undefined ? [] : part.split("\n")));
  return [
    "",
    `${plain(recipient)} by ${channel ?? ""}`,
    ...lines.map((line) => `  ${plain(line)}`),
    ...preview.warnings.map(({ path, message }) => `  warning: ${plain(path)} ${plain(message)}`),
  ];
}
