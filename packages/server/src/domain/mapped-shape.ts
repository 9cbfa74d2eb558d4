import type { Json } from "@tidings/contract/data";
import {
  isJsonObject,
  type MappedValue,
  type MappingRoot,
  mappedListSchema,
  mappedValueSchema,
} from "@tidings/contract/mapping-shapes";
import { valueAt } from "./json-path.ts";
import { formOf } from "./value-forms.ts";

/*
 * JSON by a shape of the contract's `mapping-shapes`. What a path does not lead to is left out, with the field or the entry
 * that it stands in, unless it has a default. Pure.
 */

/** Where paths begin. `at` is the path that led to the entry, for faults. */
export interface MappedFrom {
  entry: unknown;
  at: string;
  record: unknown;
  headers: unknown;
  meta: unknown;
}

export type Place = readonly (string | number)[];

export type MappedFault =
  | "is missing"
  | "is not in the table"
  | "cannot be made into this form"
  | "is no list"
  | "has more digits than a number keeps, so it has to come as a text";

/** Told what each value was made from: a path in the record, headers or meta; and what was wrong there. */
export type Told = (place: Place, origin: string, fault: MappedFault | undefined) => void;

/** Makes a value; undefined where nothing is to stand there. `place` is where that is. */
export type Filler = (from: MappedFrom, told: Told, place: Place) => unknown;

/** The path as the record has it. */
export function originOf({ at }: MappedFrom, of: MappingRoot | undefined, path: string): string {
  const base = of === "headers" || of === "meta" ? of : of === "record" ? "" : at;
  return base === "" || path === "" ? base + path : `${base}.${path}`;
}

/** The value that a path leads to; null is how many say that there is none. */
export function foundAt(from: MappedFrom, of: MappingRoot | undefined, path: string): unknown {
  return valueAt(from[of ?? "entry"], path) ?? undefined;
}

/**
 * JSON's numbers above 2^53 lose digits when they are read: as a text two of them, such as ids of two people, may be the same.
 */
export const hasLostDigits = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);
export const lostDigits: MappedFault = "has more digits than a number keeps, so it has to come as a text";

/** A shape that the contract's schema has passed. */
export function compileShape(shape: Json): Filler {
  if (Array.isArray(shape)) {
    const fillers = shape.map(compileShape);
    return (from, told, place) => withoutGaps(fillers, (fill, to) => fill(from, told, to), place);
  }
  if (!isJsonObject(shape)) return () => shape;
  if (Object.hasOwn(shape, "$")) return compileValue(mappedValueSchema.parse(shape));
  if (Object.hasOwn(shape, "$text")) return compileText(String(shape.$text));
  if (Object.hasOwn(shape, "$each")) return compileList(shape);
  const fields = Object.entries(shape).map(([name, each]) => [name, compileShape(each)] as const);
  return (from, told, place) => {
    const made: [string, unknown][] = [];
    for (const [name, fill] of fields) {
      const value = fill(from, told, [...place, name]);
      if (value !== undefined) made.push([name, value]);
    }
    // Not by assignment: `__proto__` is a name as any other.
    return Object.fromEntries(made);
  };
}

/** Entries that are left out leave no gap. */
function withoutGaps<Item>(
  items: readonly Item[],
  fill: (item: Item, place: Place, index: number) => unknown,
  place: Place,
): unknown[] {
  const made: unknown[] = [];
  for (const [index, item] of items.entries()) {
    const value = fill(item, [...place, made.length], index);
    if (value !== undefined) made.push(value);
  }
  return made;
}

function compileValue({ $: path, of, as, map, ...rest }: MappedValue): Filler {
  const hasDefault = Object.hasOwn(rest, "default");
  const read = (from: MappedFrom): { value: unknown; fault: MappedFault | undefined } => {
    let value = foundAt(from, of, path);
    if (value === undefined) return { value, fault: "is missing" };
    if (hasLostDigits(value) && (map !== undefined || as === "text" || as === "digits"))
      return { value: undefined, fault: lostDigits };
    if (map !== undefined) {
      const name = typeof value === "object" ? "" : String(value);
      if (!Object.hasOwn(map, name)) return { value: undefined, fault: "is not in the table" };
      value = map[name];
    }
    if (as !== undefined) value = formOf(value, as);
    return { value, fault: value === undefined ? "cannot be made into this form" : undefined };
  };
  return (from, told, place) => {
    const { value, fault } = read(from);
    const isReplaced = fault !== undefined && hasDefault;
    told(place, originOf(from, of, path), isReplaced ? undefined : fault);
    return isReplaced ? rest.default : value;
  };
}

/** Values in a text: `{order.id}`. */
const placePattern = /\{([^{}]{1,200})\}/g;

/** Left out as a whole where a value is not there. */
function compileText(text: string): Filler {
  const paths = [...text.matchAll(placePattern)].map(([, path = ""]) => path);
  return (from, told, place) => {
    const found = paths.map((path) => foundAt(from, undefined, path));
    const values = found.map((value) => (hasLostDigits(value) ? undefined : formOf(value, "text")));
    const missing = values.indexOf(undefined);
    const [first = ""] = paths;
    const fault = missing === -1 ? undefined : hasLostDigits(found[missing]) ? lostDigits : "is missing";
    told(place, originOf(from, undefined, paths[missing] ?? first), fault);
    let next = 0;
    return missing === -1 ? text.replaceAll(placePattern, () => String(values[next++])) : undefined;
  };
}

function compileList(shape: Json): Filler {
  const { $each: path, of, item } = mappedListSchema.parse(shape);
  const fill = compileShape(item);
  return (from, told, place) => {
    const origin = originOf(from, of, path);
    const list = foundAt(from, of, path);
    told(place, origin, Array.isArray(list) ? undefined : list === undefined ? "is missing" : "is no list");
    if (!Array.isArray(list)) return undefined;
    const entries: unknown[] = list;
    const entryOf = (entry: unknown, to: Place, index: number) =>
      fill({ ...from, entry, at: origin === "" ? String(index) : `${origin}.${index}` }, told, to);
    return withoutGaps(entries, entryOf, place);
  };
}
