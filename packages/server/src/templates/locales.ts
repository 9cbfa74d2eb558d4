/** A locale and what it falls back to, most specific first, in lower case: `de-at`, `de`. */
export function fallbacks(locale: string): string[] {
  const found: string[] = [];
  for (let rest = locale.toLowerCase(); rest !== ""; rest = rest.slice(0, Math.max(0, rest.lastIndexOf("-"))))
    found.push(rest);
  return found;
}

/** Names of locales, found in any case. */
export class LocaleNames {
  readonly #byLower = new Map<string, string>();

  constructor(...sets: readonly (Readonly<Record<string, unknown>> | undefined)[]) {
    for (const set of sets) for (const name of Object.keys(set ?? {})) this.#byLower.set(name.toLowerCase(), name);
  }

  get size(): number {
    return this.#byLower.size;
  }

  names(): IterableIterator<string> {
    return this.#byLower.values();
  }

  /** The nearest that there is for a locale. */
  choose(locale: string): string | undefined {
    for (const name of fallbacks(locale)) {
      const known = this.#byLower.get(name);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** All that lie over the default for a locale, least specific first: `de`, then `de-AT`. */
  chain(locale: string | undefined): string[] {
    if (locale === undefined) return [];
    return fallbacks(locale)
      .reverse()
      .flatMap((name) => this.#byLower.get(name) ?? []);
  }
}

/** A document's fields in one language, and where each was written. */
export interface Laid<Fields> {
  fields: Fields;
  pathOf(name: string): string;
}

/** Lays the fields of locales over the default ones, field by field. */
export function lay<Fields extends object>(
  base: Fields,
  path: string,
  chain: readonly string[],
  over: (locale: string) => object | undefined,
): Laid<Fields> {
  const fields = { ...base };
  const paths = new Map<string, string>();
  for (const locale of chain) {
    for (const [name, value] of Object.entries(over(locale) ?? {})) {
      if (value === undefined) continue;
      Object.assign(fields, { [name]: value });
      paths.set(name, `locales.${locale}.${path}.${name}`);
    }
  }
  return { fields, pathOf: (name) => paths.get(name) ?? `${path}.${name}` };
}
