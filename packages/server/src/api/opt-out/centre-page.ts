import { type Setting, settingSchema } from "@tidings/contract/preferences";
import { escapeHtml } from "../../domain/escape-html.ts";
import { type CentreDependencies, centreOf, type ShownCategory, type ShownChoice } from "./centre-choices.ts";
import { fieldOf, nothingField, shownFieldOf } from "./centre-form.ts";
import { type CentreTexts, centreTexts } from "./centre-texts.ts";
import type { OpenedLink } from "./link.ts";
import type { OptOutPage } from "./page.ts";

export async function centrePage(
  dependencies: CentreDependencies,
  link: OpenedLink,
  isSaved: boolean,
): Promise<OptOutPage> {
  const { language, texts, brand } = link;
  const { categories, isKnown } = await centreOf(dependencies, link);
  const own = centreTexts(language);
  // Without somebody to keep it for there is no pace, only a yes and a no of the address.
  const settings: readonly Setting[] = isKnown ? settingSchema.options : ["on", "off"];
  const free = categories.filter(({ lane }) => lane !== "critical");
  const fixed = categories.filter(({ lane }) => lane === "critical");
  const main = `<h1>${texts.preferences}</h1>
${isSaved ? `<p role="status">${texts.saved}</p>` : ""}
<form method="post">
<p>${own.choose}</p>
${free.map((category) => fieldset(category, settings, own)).join("\n")}
${fixed.map((category) => `<p class="fixed"><span>${said(category)} <small>(${texts.always})</small></span></p>`).join("\n")}
<label><input type="checkbox" name="${nothingField}" value="1"><span>${texts.everything}</span></label>
<p><button>${texts.save}</button></p>
</form>
<p class="note">${texts.stays}</p>`;
  return { language, title: texts.preferences, brand, main };
}

function said({ name, description }: ShownCategory): string {
  return `${escapeHtml(name)}${description === "" ? "" : `<br><small>${escapeHtml(description)}</small>`}`;
}

function fieldset(category: ShownCategory, settings: readonly Setting[], texts: CentreTexts): string {
  const { key, name, description, choices } = category;
  const rows = choices.map((choice) => row(key, choice, settings, texts));
  const more = description === "" ? "" : `<p class="note">${escapeHtml(description)}</p>\n`;
  return `<fieldset>
<legend>${escapeHtml(name)}</legend>
${more}${rows.join("\n")}
</fieldset>`;
}

function row(category: string, { channel, setting }: ShownChoice, settings: readonly Setting[], texts: CentreTexts) {
  const name = texts.channels[channel];
  if (setting === "stopped") return `<p class="fixed"><span>${name} <small>(${texts.stopped})</small></span></p>`;
  // What is in force without being offered stays what it is.
  const offered = settings.includes(setting) ? settings : [...settings, setting];
  const options = offered.map(
    (one) => `<option value="${one}"${one === setting ? " selected" : ""}>${texts.settings[one]}</option>`,
  );
  const field = escapeHtml(fieldOf(category, channel));
  const shown = `<input type="hidden" name="${escapeHtml(shownFieldOf(category, channel))}" value="${setting}">`;
  return `${shown}<label><span>${name}</span><select name="${field}">${options.join("")}</select></label>`;
}
