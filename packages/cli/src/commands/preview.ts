import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { faultsOf } from "@tidings/contract/faults";
import { type Preview, previewBodySchema } from "@tidings/contract/previews";
import { type Channel, channels } from "@tidings/contract/words";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { folderOf, readDocuments } from "../notifications.ts";
import { readValue } from "../read-value.ts";
import { plain } from "../terminal.ts";

export const preview: Command = {
  name: "preview",
  summary: "Render a template without sending anything",
  description: [
    "Renders the template of the notifications folder as it lies there, with the facts of its sample.yaml; options stand before these. With --stored, or where the folder has no such template, the one on the server. Layouts and partials are the server's.",
    "Ends with 1 where a variable was not there.",
  ],
  arguments: [{ name: "template", summary: "Key of the template" }],
  options: [
    { name: "folder", value: "<folder>", summary: "The notifications folder", default: "./notifications" },
    { name: "stored", summary: "The template on the server, not the folder's" },
    { name: "version", value: "<n>", summary: "An earlier version on the server" },
    { name: "channel", value: "<channel>", summary: `Only this channel: ${channels.join(", ")}` },
    { name: "locale", value: "<locale>", summary: "In place of the recipient's, such as de-AT" },
    { name: "data", short: "d", value: "<json|@file>", summary: "In place of the sample's data" },
    { name: "recipient", short: "r", value: "<id|json|@file>", summary: "In place of the sample's recipient" },
    { name: "tenant", value: "<key>", summary: "In place of the sample's tenant" },
    { name: "html", value: "<file>", summary: "Write the HTML of the mail into a file, for a browser" },
  ],
  examples: [
    { line: "tidings preview order-shipped", says: "What the folder's template says with its sample" },
    {
      line: "tidings preview order-shipped --channel email --locale de-AT --html order.html",
      says: "The mail in German, for a browser",
    },
  ],
  json: '`{"template", "previews": [{"channel", "content", "locale", "warnings"}]}`',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const key = input.argument(0);
  const facts = await factsOf(context, key);
  const previews: (Preview & { channel: Channel })[] = [];
  for (const channel of await channelsOf(context, key, facts.template)) {
    const body = checked({ ...facts, channel });
    previews.push({ channel, ...(await context.api().templates.preview(key, body, { signal })) });
  }
  await writeHtml(context, previews);
  if (json) terminal.document({ template: key, previews });
  else for (const each of previews) show(each, context);
  return previews.some(({ warnings }) => warnings.length > 0) ? "difference" : "ok";
}

/** The template of the folder, unless the server's is wanted, and what it is rendered with. */
async function factsOf(context: Context, key: string) {
  const { input, cwd } = context;
  const version = input.whole("version", [1, 1_000_000_000]);
  const found = await inFolder(context, key);
  const data = input.text("data");
  const recipient = input.text("recipient");
  const sample = found?.sample;
  const isStored = input.flag("stored") || version !== undefined;
  return {
    template: isStored ? undefined : found?.template,
    version,
    locale: input.text("locale"),
    data: data === undefined ? sample?.data : await readValue("data", data, cwd),
    recipient: recipient === undefined ? sampleRecipient(sample?.recipient) : await recipientOf(recipient, cwd),
    tenant: input.text("tenant") ?? sample?.tenant?.["key"],
  };
}

async function inFolder(context: Context, key: string) {
  const root = folderOf(context, context.input.text("folder"));
  if (!existsSync(root)) return undefined;
  const { documents, samples } = await readDocuments(context, root, { secrets: false, outcome: "usage" });
  const template = documents.find((each) => each.kind === "template" && each.key === key)?.document;
  return { template, sample: samples.get(key) };
}

/** A sample need not make an id up. */
function sampleRecipient(recipient: Record<string, unknown> | undefined): unknown {
  return recipient === undefined ? undefined : { id: "sample", ...recipient };
}

async function recipientOf(text: string, cwd: string): Promise<unknown> {
  return /^[@{]/.test(text) ? readValue("recipient", text, cwd) : text;
}

/** The channel that was asked for, else all that the template has content for. */
async function channelsOf({ input, api, signal }: Context, key: string, template: unknown): Promise<Channel[]> {
  const wanted = input.oneOf("channel", channels);
  if (wanted !== undefined) return [wanted];
  const document = template ?? (await api().templates.get(key, { signal })).document;
  if (typeof document !== "object" || document === null) throw usage(`template ${key} cannot be read`);
  return channels.filter((channel) => Reflect.get(document, channel) !== undefined);
}

function checked(body: Record<string, unknown>) {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const parsed = previewBodySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "the facts are not what a preview takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: "sample.yaml holds data, recipient and tenant",
  });
}

async function writeHtml({ input, cwd, terminal }: Context, previews: readonly Preview[]): Promise<void> {
  const file = input.text("html");
  if (file === undefined) return;
  const html = previews.find(({ content }) => content.html !== undefined)?.content.html;
  if (html === undefined) throw usage("the template has no HTML");
  await writeFile(resolve(cwd, file), html);
  terminal.note(`wrote ${file}`);
}

function show(
  { channel, content, locale, warnings }: Preview & { channel: Channel },
  { terminal, input }: Context,
): void {
  terminal.out(terminal.style("bold", `${channel}${locale === undefined ? "" : `  ${locale}`}`));
  for (const [name, value] of Object.entries(content)) {
    if (value === undefined || (name === "html" && input.text("html") !== undefined)) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    terminal.out(`  ${terminal.style("dim", `${name}:`)}`);
    for (const line of text.split("\n")) terminal.out(`    ${plain(line)}`);
  }
  for (const { path, line, document, message } of warnings) {
    const where = [document, line === undefined ? path : `${path}:${line}`].filter(Boolean).join(" ");
    terminal.complain(`${terminal.noteStyle("yellow", "warning:")} ${plain(where)} ${plain(message)}`);
  }
}
