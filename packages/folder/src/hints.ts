import { nearest } from "@tidings/contract/nearest";
import { z } from "zod";

/** As much of a JSON Schema as is needed to tell what may stand at a place. */
interface Shape {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  items?: Shape | boolean;
  anyOf?: Shape[];
  oneOf?: Shape[];
  allOf?: Shape[];
  $defs?: Record<string, Shape>;
}

const roots = new WeakMap<z.ZodType, Shape>();

/**
 * What may have been meant at the place of a fault: the nearest field that is known there, or the nearest of the words
 * that are allowed. Undefined where nothing is near, or where the place takes any text.
 */
export function hintFor(schema: z.ZodType, value: unknown, path: readonly (string | number)[]): string | undefined {
  const root = rootShape(schema);
  const name = path.at(-1);
  const parents = shapesAt(root, value, path.slice(0, -1));
  const known = new Set(parents.flatMap(({ properties }) => Object.keys(properties ?? {})));
  if (typeof name === "string" && known.size > 0 && !known.has(name)) return didYouMean(name, known);
  const written = valueAt(value, path);
  if (typeof written !== "string") return undefined;
  const words = shapesAt(root, value, path).flatMap(wordsOf);
  return words.includes(written) ? undefined : didYouMean(written, words);
}

export function didYouMean(written: string, names: Iterable<string>): string | undefined {
  const name = nearest(written, names);
  return name === undefined ? undefined : `did you mean \`${name}\`?`;
}

function rootShape(schema: z.ZodType): Shape {
  const known = roots.get(schema);
  if (known !== undefined) return known;
  // What zod writes is a JSON Schema, of which Shape is a part; it comes from no outside.
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
  roots.set(schema, shape);
  return shape;
}

/** All shapes that may stand at a path of the value; alternatives that another word of the value rules out are none. */
function shapesAt(root: Shape, value: unknown, path: readonly (string | number)[]): Shape[] {
  let shapes = alternatives(root, root, value);
  let at = value;
  for (const part of path) {
    at = valueAt(at, [part]);
    shapes = shapes.flatMap((shape) => {
      const next = child(shape, part);
      return next === undefined ? [] : alternatives(root, next, at);
    });
  }
  return shapes;
}

function child({ properties, additionalProperties, items }: Shape, part: string | number): Shape | undefined {
  if (typeof part === "number") return typeof items === "object" ? items : undefined;
  const named = properties?.[part];
  return named ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
}

function alternatives(root: Shape, shape: Shape, value: unknown): Shape[] {
  if (shape.$ref !== undefined) {
    const name = shape.$ref.split("/").at(-1) ?? "";
    const target = shape.$ref === "#" ? root : root.$defs?.[name];
    return target === undefined ? [] : alternatives(root, target, value);
  }
  const inner = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  const fitting = inner.filter((each) => fitsConstants(each, value));
  // Where the word that tells the alternatives apart is itself the fault, any of them may be meant.
  const meant = [...(fitting.length > 0 ? fitting : inner), ...(shape.allOf ?? [])];
  return [shape, ...meant.flatMap((each) => alternatives(root, each, value))];
}

function fitsConstants({ properties }: Shape, value: unknown): boolean {
  return Object.entries(properties ?? {}).every(([name, property]) => {
    const given = valueAt(value, [name]);
    return property.const === undefined || given === undefined || given === property.const;
  });
}

function wordsOf({ const: constant, enum: words }: Shape): string[] {
  return [constant, ...(words ?? [])].filter((word) => typeof word === "string");
}

/** What stands at a path of a value; undefined where nothing does. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const part of path) at = typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined;
  return at;
}
