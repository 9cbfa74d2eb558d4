import { z } from "zod";
import type { Outcome, RenderedContent } from "../../ports/provider.ts";
import { contentSidSchema } from "./account.ts";
import { contentInvalid, type Fields } from "./call.ts";

/**
 * Where the placeholders of a Content template get their values: per ContentSid, placeholder to path, such as `{"1": "data.name"}`.
 * A template that is not listed gets all values under their own names, parts of a path parted by `_`, and the event's data bare.
 */
export const contentVariablesSchema = z.record(
  contentSidSchema,
  z.record(z.string().regex(/^\w{1,50}$/), z.string().min(1).max(200)),
);
type ContentVariables = z.infer<typeof contentVariablesSchema>;

const depthMax = 5;
const valuesMax = 100;

/** The fields of a stored template in place of the content; undefined where the message has none for this provider. */
export function storedFields(
  { stored }: RenderedContent,
  provider: string,
  mapping: ContentVariables,
): Fields | Outcome | undefined {
  const sid = stored?.ids[provider];
  if (stored === undefined || sid === undefined) return undefined;
  if (!contentSidSchema.safeParse(sid).success) return contentInvalid("the stored template is no ContentSid");
  const places = mapping[sid];
  const values = places === undefined ? flat(stored.data) : mapped(stored.data, places);
  // Twilio takes no empty value (error 21656)
  if (values === undefined) return contentInvalid("a placeholder of the stored template has no value");
  const variables = JSON.stringify(Object.fromEntries(values));
  return [["ContentSid", sid], ...(values.length === 0 ? [] : [["ContentVariables", variables] as const])];
}

type Values = [name: string, value: string][];

function mapped(data: Readonly<Record<string, unknown>>, places: Readonly<Record<string, string>>): Values | undefined {
  const values = Object.entries(places).map(([name, path]): [string, string] => [name, textOf(at(data, path))]);
  return values.some(([, value]) => value === "") ? undefined : values;
}

function at(data: unknown, path: string): unknown {
  return path.split(".").reduce((value: unknown, name) => (isObject(value) ? value[name] : undefined), data);
}

/** Scalars by path. Bounded: a template has few placeholders. */
function flat(data: Readonly<Record<string, unknown>>): Values {
  const values = new Map<string, string>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (isObject(value)) {
      if (path.length < depthMax) for (const [name, one] of Object.entries(value)) visit(one, [...path, name]);
    } else if (textOf(value) !== "" && values.size < valuesMax) {
      values.set((path[0] === "data" ? path.slice(1) : path).join("_"), textOf(value));
    }
  };
  visit(data, []);
  return [...values];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
