/** Formatters are built once per locale and form: that costs 50 µs, and using one less than 1 µs. */
const formatsMax = 500;

/** Formatters of dates, numbers and plurals, bounded: the one built first goes first. */
export class Formats {
  readonly #kept = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.PluralRules>();
  readonly #locales = new Map<string, string>();

  /** Throws a RangeError where the zone or an option is none. */
  dateTime(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const made = this.#keep(
      `date ${locale} ${JSON.stringify(options)}`,
      () => new Intl.DateTimeFormat(this.#known(locale), options),
    );
    return made instanceof Intl.DateTimeFormat ? made : new Intl.DateTimeFormat(this.#known(locale), options);
  }

  /** Throws a RangeError where an option is none, such as a currency. */
  number(locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const made = this.#keep(
      `number ${locale} ${JSON.stringify(options)}`,
      () => new Intl.NumberFormat(this.#known(locale), options),
    );
    return made instanceof Intl.NumberFormat ? made : new Intl.NumberFormat(this.#known(locale), options);
  }

  plural(locale: string | undefined, options: Intl.PluralRulesOptions): Intl.PluralRules {
    const made = this.#keep(
      `plural ${locale} ${JSON.stringify(options)}`,
      () => new Intl.PluralRules(this.#known(locale), options),
    );
    return made instanceof Intl.PluralRules ? made : new Intl.PluralRules(this.#known(locale), options);
  }

  #keep<Made extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.PluralRules>(name: string, make: () => Made) {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const made = make();
    if (this.#kept.size >= formatsMax) drop(this.#kept);
    this.#kept.set(name, made);
    return made;
  }

  /** A locale that Intl takes: what a recipient was given looks like one, but may be none. English where there is none. */
  #known(locale = "en"): string {
    const known = this.#locales.get(locale);
    if (known !== undefined) return known;
    let found = "en";
    try {
      found = Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? "en";
    } catch {}
    if (this.#locales.size >= formatsMax) drop(this.#locales);
    this.#locales.set(locale, found);
    return found;
  }
}

function drop(kept: Map<string, unknown>): void {
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}

/** Digits alone are a day, which is the same in every zone. */
const day = /^\d{4}-\d{2}-\d{2}$/;

/** A time of the data: milliseconds since 1970, or ISO 8601. Undefined where it is none. */
export function timeOf(value: unknown): { date: Date; isDay: boolean } | undefined {
  const isTime =
    typeof value === "number" || (typeof value === "string" && /^\d{4}-\d{2}/.test(value) && value.length < 40);
  if (!isTime) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : { date, isDay: typeof value === "string" && day.test(value) };
}

/** A number of the data, or a text that is one. Undefined where it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || !/^-?\d{1,30}(\.\d{1,30})?$/.test(value)) return undefined;
  return Number(value);
}
