import { IntlMessageFormat } from "intl-messageformat";
import { TemplateFault } from "../domain/template-fault.ts";
import type { Formats } from "./formats.ts";
import { LocaleNames } from "./locales.ts";
import { type ArgumentKind, argumentOf, collectKinds } from "./message-arguments.ts";
import { HelperFault, type KnownMessages, type RenderingFacts } from "./rendering.ts";

/** ICU messages by locale, and by name in it; `default` where a locale has none. */
export type MessageTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Messages of one document that are kept compiled, each for a locale. */
const compiledMax = 1000;

interface Compiled {
  format: IntlMessageFormat;
  kinds: ReadonlyMap<string, ArgumentKind>;
}

/**
 * The messages of one document, each compiled once per locale (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
 * A message that lacks a number or a time that it needs shows nothing, as does any value that is not there.
 */
export class Messages implements KnownMessages {
  readonly #texts: MessageTexts;
  readonly #names: LocaleNames;
  readonly #formats: Formats;
  readonly #compiled = new Map<string, Compiled>();

  constructor(texts: MessageTexts, formats: Formats) {
    const { default: _default, ...locales } = texts;
    this.#texts = texts;
    this.#names = new LocaleNames(locales);
    this.#formats = formats;
  }

  has(name: string): boolean {
    return textIn(this.#texts["default"], name) !== undefined;
  }

  /** What cannot be compiled, each by its path. */
  faults(): TemplateFault[] {
    return Object.entries(this.#texts).flatMap(([locale, texts]) =>
      Object.entries(texts).flatMap(([name, text]) => {
        try {
          this.#compile(text, locale === "default" ? undefined : locale, undefined);
          return [];
        } catch (error) {
          const why = error instanceof Error ? error.message.split("\n", 1)[0] : undefined;
          return new TemplateFault(`messages.${locale}.${name}`, undefined, `is no ICU message: ${why}`);
        }
      }),
    );
  }

  format(
    name: string,
    facts: RenderingFacts,
    hash: Readonly<Record<string, unknown>>,
    line: number | undefined,
  ): string {
    const { format, kinds } = this.#find(name, facts, line);
    const values: Record<string, string | number | Date> = {};
    for (const [argument, kind] of kinds) {
      const given = hash[argument];
      const isMissing = given === undefined || given === null || given === "";
      if (isMissing && (kind === "number" || kind === "time")) return "";
      values[argument] = isMissing ? "" : argumentOf(given, kind, argument, line);
    }
    try {
      return String(format.format(values));
    } catch {
      throw new HelperFault(line, `the message '${name}' cannot be formatted`);
    }
  }

  #find(name: string, { locale, recipient }: RenderingFacts, line: number | undefined): Compiled {
    const { locale: own, timeZone } = recipient;
    const key = `${name}\n${locale}\n${own}\n${timeZone}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const found = this.#names
      .chain(locale)
      .reverse()
      .find((candidate) => textIn(this.#texts[candidate], name) !== undefined);
    const text = textIn(this.#texts[found ?? "default"], name);
    if (text === undefined) throw new HelperFault(line, `messages.default has no message '${name}'`);
    const made = this.#compile(text, own ?? found, timeZone);
    if (this.#compiled.size >= compiledMax) this.#compiled.clear();
    this.#compiled.set(key, made);
    return made;
  }

  #compile(text: string, locale: string | undefined, timeZone = "UTC"): Compiled {
    const formats = this.#formats;
    const format = new IntlMessageFormat(text, "en", undefined, {
      // A tag would ask for a function; as text it is escaped like all else.
      ignoreTag: true,
      formatters: {
        getNumberFormat: (_locale, options) => formats.number(locale, numberOptions(options)),
        getDateTimeFormat: (_locale, options) => formats.dateTime(locale, { timeZone, ...options }),
        getPluralRules: (_locale, options) => formats.plural(locale, options ?? {}),
      },
    });
    const kinds = new Map<string, ArgumentKind>();
    collectKinds(format.getAst(), kinds);
    return { format, kinds };
  }
}

function textIn(texts: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return texts !== undefined && Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function numberOptions(options: object | undefined): Intl.NumberFormatOptions {
  return { ...options };
}
