import { categoryBodySchema } from "@tidings/contract/categories";
import type { Lane } from "@tidings/contract/words";
import type { SuppressionRow } from "../../domain/suppression.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { escapeHtml } from "../escape-html.ts";
import type { OpenedLink } from "./link.ts";
import type { OptOutPage } from "./page.ts";
import { filledText } from "./texts.ts";

/** Categories that a page shows, and suppressions of one address that are read. */
const categoriesMax = 200;
const suppressionsMax = 1000;
const reason = "preferences";

interface Choice {
  key: string;
  name: string;
  description: string;
  lane: Lane;
  /** What stops it, where something does: only what a category's own suppression does is for the recipient to undo here. */
  stopped: "by category" | "otherwise" | undefined;
}

type PreferenceDependencies = Pick<ApiDependencies, "store" | "configuration" | "clock">;

/** What the categories of the environment send to the link's address. */
async function choicesOf({ store, configuration }: PreferenceDependencies, { token }: OpenedLink): Promise<Choice[]> {
  const { environmentId, channel, addressHash } = token;
  const [rows, { items }] = await Promise.all([
    configuration.store.listConfiguration({ environmentId, kind: "category", after: "", limit: categoriesMax }),
    store.listSuppressions({ environmentId, after: undefined, channel, addressHash, limit: suppressionsMax }),
  ]);
  return rows.map(({ key, document }) => {
    const { name = key, description = "", class: lane } = categoryBodySchema.parse(JSON.parse(document));
    return { key, name, description, lane, stopped: stoppedBy(items, key, lane) };
  });
}

function stoppedBy(rows: readonly SuppressionRow[], key: string, lane: Lane): Choice["stopped"] {
  if (rows.some(({ scope }) => scope === "everything")) return "otherwise";
  if (lane === "critical") return undefined;
  if (rows.some(({ scope, value }) => scope === "class" && value === lane)) return "otherwise";
  return rows.some(({ scope, value }) => scope === "category" && value === key) ? "by category" : undefined;
}

/** What the form said: `category` once for each that stays wanted, and `nothing` where no more than the necessary is. */
export async function savePreferences(
  dependencies: PreferenceDependencies,
  link: OpenedLink,
  body: unknown,
): Promise<void> {
  const form = new URLSearchParams(Buffer.isBuffer(body) ? body.toString("utf8") : "");
  const wanted = new Set(form.has("nothing") ? [] : form.getAll("category"));
  // What the page did not show was not asked for: a category that was made meanwhile stays as it is.
  const shown = new Set(form.getAll("shown"));
  const { environmentId, channel, addressHash } = link.token;
  const choices = (await choicesOf(dependencies, link)).filter(
    ({ key, lane }) => lane !== "critical" && shown.has(key),
  );
  const keyOf = ({ key }: Choice) => ({ channel, addressHash, scope: "category" as const, value: key });
  const left = choices.filter(({ key }) => !wanted.has(key));
  const createdAt = dependencies.clock.now();
  await dependencies.store.addSuppressions({
    environmentId,
    suppressions: left.map((choice) => ({ ...keyOf(choice), reason, createdAt })),
  });
  const kept = choices.filter(({ key, stopped }) => wanted.has(key) && stopped === "by category");
  await dependencies.store.removeSuppressions({ environmentId, keys: kept.map(keyOf) });
}

export async function preferencesPage(
  dependencies: PreferenceDependencies,
  link: OpenedLink,
  isSaved: boolean,
): Promise<OptOutPage> {
  const { token, language, texts, brand } = link;
  const choices = await choicesOf(dependencies, link);
  const { channels } = texts;
  const channel = token.channel === "email" || token.channel === "sms" ? channels[token.channel] : channels.other;
  const rows = choices.map((choice) => row(choice, texts.always));
  const main = `<h1>${texts.preferences}</h1>
${isSaved ? `<p role="status">${texts.saved}</p>` : ""}
<form method="post">
<fieldset>
<legend>${escapeHtml(filledText(texts.choose, { channel }))}</legend>
${rows.join("\n")}
</fieldset>
<label><input type="checkbox" name="nothing" value="1"><span>${texts.everything}</span></label>
<p><button>${texts.save}</button></p>
</form>
<p class="note">${texts.stays}</p>`;
  return { language, title: texts.preferences, brand, main };
}

function row({ key, name, description, lane, stopped }: Choice, always: string): string {
  const value = escapeHtml(key);
  const said = `${escapeHtml(name)}${description === "" ? "" : `<br><small>${escapeHtml(description)}</small>`}`;
  if (lane === "critical") return `<p class="fixed"><span>${said} <small>(${always})</small></span></p>`;
  const state = stopped === "otherwise" ? " disabled" : stopped === undefined ? " checked" : "";
  const shown = stopped === "otherwise" ? "" : `<input type="hidden" name="shown" value="${value}">`;
  return `${shown}<label><input type="checkbox" name="category" value="${value}"${state}><span>${said}</span></label>`;
}
