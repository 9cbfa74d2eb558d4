import type { LegalText } from "@tidings/contract/legal-texts";
import type { Channel, Lane } from "@tidings/contract/words";
import { languageOf } from "./language.ts";

/**
 * What stands below a message of a class on a channel, in the recipient's language: the last that fits of the first level
 * that has one, the tenant's before the environment's. Undefined where none fits.
 */
export function legalTextFor(
  levels: readonly (readonly LegalText[] | undefined)[],
  subject: { class: Lane; channel: Channel; locale: string | undefined },
): string | undefined {
  const fits = ({ classes, channels }: LegalText) =>
    classes.includes(subject.class) && channels.some((channel) => channel === subject.channel);
  for (const level of levels) {
    const found = level?.findLast(fits);
    if (found !== undefined) return inLanguage(found, subject.locale);
  }
  return undefined;
}

function inLanguage({ text, languages = {} }: LegalText, locale: string | undefined): string {
  const language = languageOf(locale);
  return (Object.hasOwn(languages, language) ? languages[language] : undefined) ?? text;
}
