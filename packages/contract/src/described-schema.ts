import { fieldText } from "./field-texts.ts";

type Json = Record<string, unknown>;

/** A JSON Schema with the text of each field as its `description`. One that the schema brings itself stays. */
export function describedSchema(name: string, schema: Json): Json {
  return described(name, "", schema);
}

function described(name: string, path: string, schema: Json): Json {
  const result: Json = { ...schema };
  for (const combined of ["anyOf", "oneOf", "allOf"]) {
    const parts = objectsOf(schema[combined]);
    if (parts.length > 0) result[combined] = parts.map((part) => described(name, variantPath(path, part), part));
  }
  if (isObject(schema.items)) result.items = described(name, `${path}[]`, schema.items);
  if (isObject(schema.additionalProperties)) {
    result.additionalProperties = described(name, `${path}{}`, schema.additionalProperties);
  }
  if (isObject(schema.properties)) result.properties = properties(name, path, schema.properties);
  return result;
}

function properties(name: string, path: string, fields: Json): Json {
  const result: Json = {};
  for (const [field, schema] of Object.entries(fields)) {
    if (!isObject(schema)) continue;
    const at = path === "" ? field : `${path}.${field}`;
    const description = fieldText(name, at);
    const inner = described(name, at, schema);
    result[field] = description === undefined ? inner : { description, ...inner };
  }
  return result;
}

/** The path of a union's part that says by `type` which it is: `delay` of `Step`. */
function variantPath(path: string, part: Json): string {
  const fields = isObject(part.properties) ? part.properties : {};
  const type = isObject(fields.type) ? fields.type.const : undefined;
  if (typeof type !== "string") return path;
  return path === "" ? type : `${path}.${type}`;
}

function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
