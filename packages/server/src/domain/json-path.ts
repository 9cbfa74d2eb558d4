/** A path into JSON, such as `results.0.id`; empty for the whole. It leads through own names and places in lists alone. */
export function valueAt(json: unknown, path: string): unknown {
  if (path === "") return json;
  let value = json;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** A value as a short text; undefined for what is neither text, number nor truth value, or too long. */
export function textAt(json: unknown, path: string, lengthMax: number): string | undefined {
  const value = valueAt(json, path);
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = String(value);
  return text === "" || text.length > lengthMax ? undefined : text;
}

/** A code that may be logged: one word, which no address and no sentence is. */
export function codeAt(json: unknown, path: string | undefined): string | undefined {
  const text = path === undefined ? undefined : textAt(json, path, 100);
  return text !== undefined && /^[A-Za-z0-9_.:-]+$/.test(text) ? text : undefined;
}
