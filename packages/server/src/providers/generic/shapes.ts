import type { Json } from "@tidings/contract/data";
import { formOf, isForm } from "../../domain/value-forms.ts";
import { type Facts, factAt, pathFault } from "./facts.ts";

/*
 * What a request is made of, as data: JSON in which three kinds of objects stand for something else.
 *   {"$": "message.to", "as": "digits", "default": 0}   the value there, in a form; left out where there is none and no default
 *   {"$text": "Hi {message.recipient}"}                 a text with values in it
 *   {"$items": {…}}                                     a list with an entry for each message of the call
 * All else means itself. Nothing is run, and no path leads out of the listed facts.
 */

export interface ShapeFault {
  path: (string | number)[];
  message: string;
}

/** What a shape may use: values of one message, and the list of all. */
export interface Allowed {
  message: boolean;
  items: boolean;
}

const isObject = (shape: Json): shape is Record<string, Json> =>
  typeof shape === "object" && shape !== null && !Array.isArray(shape);

/** Values in a text: `{message.to}`, or in a form `{message.to|digits}`. */
const placePattern = /\{([A-Za-z][\w.-]*)(?:\|(\w+))?\}/g;

export function textFaults(text: string, allowed: Allowed): string[] {
  return [...text.matchAll(placePattern)].flatMap(([, path = "", form]) => {
    const fault = pathFault(path, allowed.message);
    if (fault !== undefined) return [fault];
    return form === undefined || isForm(form) ? [] : [`there is no form ${form}`];
  });
}

/** A text with its values; undefined where one is not there. */
export function fillText(text: string, facts: Facts, encode: (value: string) => string = String): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(placePattern, (_whole, path: string, form: string | undefined) => {
    const value = formOf(factAt(facts, path), form ?? "text");
    if (value === undefined) isWhole = false;
    return encode(String(value));
  });
  return isWhole ? filled : undefined;
}

export function shapeFaults(shape: Json, allowed: Allowed, at: (string | number)[] = []): ShapeFault[] {
  if (Array.isArray(shape)) return shape.flatMap((each, index) => shapeFaults(each, allowed, [...at, index]));
  if (!isObject(shape)) return [];
  if (Object.hasOwn(shape, "$")) return valueFaults(shape, allowed, at);
  if (Object.hasOwn(shape, "$text")) {
    const text = shape.$text;
    if (typeof text !== "string" || Object.keys(shape).length > 1)
      return [{ path: at, message: "$text is a text, and stands alone" }];
    return textFaults(text, allowed).map((message) => ({ path: [...at, "$text"], message }));
  }
  if (Object.hasOwn(shape, "$items")) {
    if (Object.keys(shape).length > 1) return [{ path: at, message: "$items stands alone" }];
    if (!allowed.items) return [{ path: at, message: "$items needs a batch, and stands in its body once" }];
    return shapeFaults(shape.$items ?? null, { message: true, items: false }, [...at, "$items"]);
  }
  return Object.entries(shape).flatMap(([name, each]) => shapeFaults(each, allowed, [...at, name]));
}

function valueFaults(shape: Record<string, Json>, allowed: Allowed, at: (string | number)[]): ShapeFault[] {
  const { $: path, as: form, default: _default, ...others } = shape;
  const [other] = Object.keys(others);
  if (other !== undefined) return [{ path: [...at, other], message: "stands beside $: only as and default do" }];
  if (typeof path !== "string") return [{ path: [...at, "$"], message: "must be a path, such as message.to" }];
  const fault = pathFault(path, allowed.message);
  if (fault !== undefined) return [{ path: [...at, "$"], message: fault }];
  if (form === undefined || (typeof form === "string" && isForm(form))) return [];
  return [{ path: [...at, "as"], message: "is no form that there is" }];
}

/** How often `$items` stands in a shape. */
export function itemsIn(shape: Json): number {
  if (Array.isArray(shape)) return shape.reduce<number>((sum, each) => sum + itemsIn(each), 0);
  if (!isObject(shape)) return 0;
  if (Object.hasOwn(shape, "$items")) return 1;
  return Object.values(shape).reduce<number>((sum, each) => sum + itemsIn(each), 0);
}

/** JSON by a shape; undefined where what it stands for is not there. `items` are the facts of each message of the call. */
export function fill(shape: Json, facts: Facts, items: readonly Facts[]): unknown {
  if (Array.isArray(shape)) return shape.map((each) => fill(each, facts, items)).filter((each) => each !== undefined);
  if (!isObject(shape)) return shape;
  if (Object.hasOwn(shape, "$")) {
    const form = typeof shape.as === "string" ? shape.as : undefined;
    const value = factAt(facts, String(shape.$));
    return (form === undefined ? value : formOf(value, form)) ?? shape.default;
  }
  if (Object.hasOwn(shape, "$text")) return fillText(String(shape.$text), facts);
  if (Object.hasOwn(shape, "$items")) {
    const item = shape.$items ?? null;
    return items.map((each) => fill(item, each, []) ?? null);
  }
  const filled = Object.entries(shape).map(([name, each]) => [name, fill(each, facts, items)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}
