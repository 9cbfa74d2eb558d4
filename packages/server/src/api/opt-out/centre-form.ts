import { limits } from "@tidings/contract/limits";
import {
  channelSettingsSchema,
  type PreferencesBody,
  type Setting,
  settingSchema,
} from "@tidings/contract/preferences";
import type { Channel } from "@tidings/contract/words";
import type { Choices } from "../../domain/policy/choices.ts";
import type { SuppressionKey } from "../../domain/suppression.ts";
import { type Centre, type CentreDependencies, centreOf, type ShownCategory } from "./centre-choices.ts";
import type { OpenedLink } from "./link.ts";
import { type LinkWord, type Speaker, sayByLink } from "./said-by-link.ts";

/** As suppressions say why. */
const reason = "preferences";

/** Name of a choice in the form, and of what the page showed of it. */
export const fieldOf = (category: string, channel: Channel): string => `${channel}:${category}`;
export const shownFieldOf = (category: string, channel: Channel): string => `shown:${fieldOf(category, channel)}`;
/** Where nothing but what is necessary is wanted. */
export const nothingField = "nothing";

/** A choice that somebody made otherwise than the page showed it. */
interface Changed {
  category: string;
  channel: Channel;
  from: Setting;
  to: Setting;
}

/** Saves what the form says, all of it in one transaction. */
export async function saveCentre(
  dependencies: CentreDependencies,
  link: OpenedLink,
  speaker: Speaker,
  body: unknown,
): Promise<void> {
  const form = new URLSearchParams(Buffer.isBuffer(body) ? body.toString("utf8") : "");
  const centre = await centreOf(dependencies, link);
  const changed = centre.categories.flatMap((category) => changesOf(category, form));
  if (changed.length === 0) return;
  const { channel, addressHash } = link.token;
  const createdAt = dependencies.clock.now();
  await sayByLink(dependencies, speaker, {
    source: "preference_centre",
    suppress: changed
      .filter((one) => one.channel === channel && one.to === "off")
      .map((one) => ({ channel, addressHash, scope: "category", value: one.category, reason, createdAt })),
    release: changed.filter(({ to }) => to !== "off").flatMap((one) => releasedBy(one, centre)),
    words: (before) => changed.flatMap((one) => wordsOf(one, before, channel)),
    preferences: (before) => preferencesWith(before, changed, centre),
  });
}

/** What the page did not show was not asked for: a category that was made meanwhile stays as it is, and so does what is stopped. */
function changesOf({ key: category, choices }: ShownCategory, form: URLSearchParams): Changed[] {
  return choices.flatMap(({ channel, setting }): Changed[] => {
    const from = settingSchema.safeParse(form.get(shownFieldOf(category, channel))).data;
    if (from === undefined || setting === "stopped") return [];
    const to = form.has(nothingField) ? "off" : settingSchema.safeParse(form.get(fieldOf(category, channel))).data;
    return to === undefined || to === from ? [] : [{ category, channel, from, to }];
  });
}

function releasedBy({ category: value, channel }: Changed, { addresses }: Centre): SuppressionKey[] {
  return (addresses.get(channel) ?? []).map((addressHash) => ({ channel, addressHash, scope: "category", value }));
}

/** A yes to what came here is confirmed by the link itself, which was sent to this address. Another pace is no word of consent. */
function wordsOf({ category: purpose, channel, from, to }: Changed, { consents }: Choices, ours: Channel): LinkWord[] {
  const known = consents.find((one) => one.purpose === purpose && one.channel === channel);
  if (to !== "off") {
    if (from !== "off" && known?.action !== "withdrawn") return [];
    return [{ purpose, channel, action: "granted", confirmed: channel === ours }];
  }
  if (known?.action === "withdrawn" && known.requestedAt === undefined) return [];
  return [{ purpose, channel, action: "withdrawn", confirmed: false }];
}

/** Of more categories than somebody may have chosen for, those that are gone make room. */
function preferencesWith(before: PreferencesBody, changed: readonly Changed[], centre: Centre): PreferencesBody {
  const isFull = Object.keys(before.categories ?? {}).length + changed.length > limits.choicesPerScope;
  const shown = new Set(centre.categories.map(({ key }) => key));
  const kept = Object.entries(before.categories ?? {}).filter(([key]) => !isFull || shown.has(key));
  const categories = Object.fromEntries(kept);
  for (const { category, channel, to } of changed) {
    const settings = Object.hasOwn(categories, category) ? categories[category] : {};
    categories[category] = channelSettingsSchema.parse({ ...settings, [channel]: to });
  }
  return { ...before, categories };
}
