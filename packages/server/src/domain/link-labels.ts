import { languageOf } from "./language.ts";

/** What links of a legal text are called. */
export interface LinkLabels {
  unsubscribe: string;
  preferences: string;
}

const en: LinkLabels = { unsubscribe: "Unsubscribe", preferences: "Preferences" };
const byLanguage: Readonly<Record<string, LinkLabels>> = {
  en,
  de: { unsubscribe: "Abmelden", preferences: "Einstellungen" },
  fr: { unsubscribe: "Se désabonner", preferences: "Préférences" },
  es: { unsubscribe: "Darse de baja", preferences: "Preferencias" },
};

/** In the recipient's language, else in English. */
export function linkLabels(locale: string | undefined): LinkLabels {
  const language = languageOf(locale);
  return (Object.hasOwn(byLanguage, language) ? byLanguage[language] : undefined) ?? en;
}
