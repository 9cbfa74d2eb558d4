import type { KeywordAnswers, KeywordTexts } from "@tidings/contract/keyword-answers";
import { filledText } from "../domain/filled-text.ts";
import { languageOf } from "../domain/language.ts";

/** What a word is answered with where nobody wrote anything else; `helpAt` where a contact is known. */
type BuiltIn = Readonly<Record<keyof KeywordTexts | "helpAt", string>>;

// biome-ignore format: one text per line is what lets languages be compared
const en: BuiltIn = {
  stop: "{name}: You are unsubscribed and get no more messages from this number. Reply START to get them again.",
  stopCategory: "{name}: You get no more messages of \"{category}\" here. Reply START {category} to get them again.",
  start: "{name}: You get messages from this number again. Reply STOP to get none, HELP for help.",
  startCategory: "{name}: You get messages of \"{category}\" again. Reply STOP {category} to get none, HELP for help.",
  help: "{name} sends messages from this number. Reply STOP to get no more.",
  helpAt: "{name} sends messages from this number. Help: {contact}. Reply STOP to get no more.",
};

// biome-ignore format: as above
const de: BuiltIn = {
  stop: "{name}: Sie sind abgemeldet und erhalten keine Nachrichten mehr von dieser Nummer. Mit START erhalten Sie sie wieder.",
  stopCategory: "{name}: Sie erhalten hier keine Nachrichten zu \"{category}\" mehr. Mit START {category} erhalten Sie sie wieder.",
  start: "{name}: Sie erhalten wieder Nachrichten von dieser Nummer. Mit STOP beenden Sie das, mit HILFE erhalten Sie Hilfe.",
  startCategory: "{name}: Sie erhalten wieder Nachrichten zu \"{category}\". Mit STOP {category} beenden Sie das, mit HILFE erhalten Sie Hilfe.",
  help: "{name} sendet Nachrichten von dieser Nummer. Mit STOP beenden Sie das.",
  helpAt: "{name} sendet Nachrichten von dieser Nummer. Hilfe: {contact}. Mit STOP beenden Sie das.",
};

// biome-ignore format: as above
const fr: BuiltIn = {
  stop: "{name} : vous êtes désabonné et ne recevrez plus de messages de ce numéro. Répondez START pour les recevoir à nouveau.",
  stopCategory: "{name} : vous ne recevrez plus ici de messages \"{category}\". Répondez START {category} pour les recevoir à nouveau.",
  start: "{name} : vous recevez à nouveau des messages de ce numéro. Répondez STOP pour ne plus en recevoir, AIDE pour de l'aide.",
  startCategory: "{name} : vous recevez à nouveau des messages \"{category}\". Répondez STOP {category} pour ne plus en recevoir, AIDE pour de l'aide.",
  help: "{name} envoie des messages de ce numéro. Répondez STOP pour ne plus en recevoir.",
  helpAt: "{name} envoie des messages de ce numéro. Aide : {contact}. Répondez STOP pour ne plus en recevoir.",
};

// biome-ignore format: as above
const es: BuiltIn = {
  stop: "{name}: se ha dado de baja y no recibirá más mensajes de este número. Responda START para volver a recibirlos.",
  stopCategory: "{name}: ya no recibirá aquí mensajes de \"{category}\". Responda START {category} para volver a recibirlos.",
  start: "{name}: vuelve a recibir mensajes de este número. Responda STOP para no recibir más, AYUDA para obtener ayuda.",
  startCategory: "{name}: vuelve a recibir mensajes de \"{category}\". Responda STOP {category} para no recibir más, AYUDA para obtener ayuda.",
  help: "{name} envía mensajes desde este número. Responda STOP para no recibir más.",
  helpAt: "{name} envía mensajes desde este número. Ayuda: {contact}. Responda STOP para no recibir más.",
};

const builtIn: Readonly<Record<string, BuiltIn>> = { en, de, fr, es };

/** Who answers what, and whom. */
export interface Answered {
  text: keyof KeywordTexts;
  locale: string;
  category: string;
  /** Name of the tenant, and of the integration where nobody else says who sends. */
  tenantName: string | undefined;
  integrationName: string;
  /** The tenant's, then the environment's. */
  levels: readonly KeywordAnswers[];
}

/** The tenant's own text, else the environment's, else the built-in one: in the recipient's language, else in English. */
export function answerText({ text, locale, category, tenantName, integrationName, levels }: Answered): string {
  const [own] = levels;
  const name = own?.name ?? tenantName ?? nameOf(levels) ?? integrationName;
  const contact = levels.find((level) => level.contact !== undefined)?.contact ?? "";
  const language = languageOf(locale);
  const given = writtenIn(language, text, contact, levels) ?? writtenIn("en", text, contact, levels) ?? en[text];
  return filledText(given, { name, contact, category });
}

const nameOf = (levels: readonly KeywordAnswers[]): string | undefined =>
  levels.find((level) => level.name !== undefined)?.name;

function writtenIn(
  language: string,
  text: keyof KeywordTexts,
  contact: string,
  levels: readonly KeywordAnswers[],
): string | undefined {
  for (const { texts = {} } of levels) {
    const written = Object.hasOwn(texts, language) ? texts[language]?.[text] : undefined;
    if (written !== undefined) return written;
  }
  const known = Object.hasOwn(builtIn, language) ? builtIn[language] : undefined;
  return text === "help" && contact !== "" ? known?.helpAt : known?.[text];
}
