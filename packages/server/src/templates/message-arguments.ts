import { numberOf, timeOf } from "./formats.ts";
import { HelperFault } from "./rendering.ts";

export type ArgumentKind = "text" | "number" | "time" | "choice";

/** Characters of a text that is put into a message. */
const argumentLengthMax = 10_000;

/** A value as a message takes it. Throws a HelperFault where it does not fit. */
export function argumentOf(
  given: unknown,
  kind: ArgumentKind,
  argument: string,
  line: number | undefined,
): string | number | Date {
  if (kind === "time") return timeOf(given)?.date ?? unfit(line, `'${argument}' is no date`);
  if (kind === "number") return numberOf(given) ?? unfit(line, `'${argument}' is no number`);
  if (typeof given !== "string" && typeof given !== "number" && typeof given !== "boolean")
    return unfit(line, `'${argument}' is no text`);
  const text = String(given);
  return text.length > argumentLengthMax ? unfit(line, `'${argument}' is too long for a message`) : text;
}

function unfit(line: number | undefined, why: string): never {
  throw new HelperFault(line, why);
}

/** Numbers of intl-messageformat's kinds of elements. */
const kindOf: Readonly<Record<number, ArgumentKind>> = {
  1: "text",
  2: "number",
  3: "time",
  4: "time",
  5: "choice",
  6: "number",
};

/** What kind of value each argument of a message is. */
export function collectKinds(elements: readonly object[], kinds: Map<string, ArgumentKind>): void {
  for (const element of elements) {
    const kind = kindOf[Number(Reflect.get(element, "type"))];
    const name: unknown = Reflect.get(element, "value");
    if (kind !== undefined && typeof name === "string" && (kind !== "text" || !kinds.has(name))) kinds.set(name, kind);
    const options: unknown = Reflect.get(element, "options");
    if (typeof options !== "object" || options === null) continue;
    for (const option of Object.values(options)) {
      const inner: unknown = typeof option === "object" && option !== null ? Reflect.get(option, "value") : undefined;
      if (Array.isArray(inner)) collectKinds(inner, kinds);
    }
  }
}
