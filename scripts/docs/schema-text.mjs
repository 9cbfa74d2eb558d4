import { code, grouped } from "./text.mjs";

/** Patterns of the contract that have a name of their own. */
const namedPatterns = {
  "^[A-Za-z0-9][A-Za-z0-9._-]*$": "key",
  "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "UUID",
  "^\\+[1-9]\\d{6,14}$": "phone number in E.164 form",
  "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "BCP 47 locale",
  "^[\\x21-\\x7e]{1,255}$": "1 to 255 visible ASCII characters",
  '^[^\\s@<>(),;:\\\\"[\\]]+@[^\\s@<>(),;:\\\\"[\\]]+$': "mail address",
};

export const refName = ($ref) => $ref.slice($ref.lastIndexOf("/") + 1);

/** One line for a JSON Schema: its type and its limits. `link` gives the Markdown that names a component. */
export function typeText(schema, link) {
  if (schema.$ref !== undefined) return link(refName(schema.$ref));
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts !== undefined) return [...new Set(parts.map((part) => typeText(part, link)))].join(" or ");
  switch (schema.type) {
    case "string":
      return stringText(schema);
    case "integer":
      return `whole number${rangeText(schema.minimum, schema.maximum)}`;
    case "number":
      return `number${rangeText(schema.minimum, schema.maximum)}`;
    case "boolean":
      return "true or false";
    case "array":
      return `list${rangeText(schema.minItems, schema.maxItems, ", ", " of")} ${typeText(schema.items ?? {}, link)}`;
    case "object":
      return objectText(schema, link);
    default:
      return "any JSON";
  }
}

function stringText(schema) {
  if (schema.format === "date-time") return "time, ISO 8601 with offset";
  const name = namedPatterns[schema.pattern];
  const length = rangeText(schema.minLength, schema.maxLength, ", ", " characters");
  if (name !== undefined) return `${name}${length}`;
  return schema.pattern === undefined ? `text${length}` : `text${length}, as ${code(schema.pattern)}`;
}

function objectText(schema, link) {
  const values = schema.additionalProperties;
  if (typeof values === "object" && Object.keys(values).length > 0) return `object of ${typeText(values, link)}`;
  return "object";
}

/** `Number.MAX_SAFE_INTEGER` is zod's way to say that there is no limit. */
function rangeText(min, max, before = ", ", after = "") {
  const low = min === undefined || min === -Number.MAX_SAFE_INTEGER ? undefined : min;
  const high = max === undefined || max === Number.MAX_SAFE_INTEGER ? undefined : max;
  if (low === undefined && high === undefined) return before === ", " && after === " of" ? " of" : "";
  const range =
    low === undefined
      ? `at most ${grouped(high)}`
      : high === undefined
        ? `at least ${grouped(low)}`
        : `${grouped(low)} to ${grouped(high)}`;
  return `${before}${range}${after}`;
}

/**
 * Rows of a schema's fields, those of inner objects behind them with their path. `need` is the word for a field that is
 * always there.
 */
export function fieldRows(schema, link, need, path = "") {
  const variants = variantsOf(schema);
  return variants.flatMap(({ name, fields, required }) =>
    Object.entries(fields).flatMap(([field, inner]) => {
      const at = path === "" ? field : `${path}.${field}`;
      // Of forms that no type tells apart each has its own fields, and none needs all of them.
      const isOneForm = variants.length > 1 && name === undefined;
      return [
        [
          name === undefined ? code(at) : `${code(at)} (${name})`,
          typeText(inner, link),
          required.includes(field) && !isOneForm ? need : "",
          inner.description ?? "",
        ],
        ...fieldRows(inner.items ?? inner, link, need, inner.items === undefined ? at : `${at}[]`),
      ];
    }),
  );
}

/** The alternatives of a union, each with the `type` that tells it; a plain object is the only one. */
function variantsOf(schema) {
  if (schema.$ref !== undefined) return [];
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts !== undefined) return parts.flatMap(variantsOf);
  if (schema.properties === undefined) return [];
  const name = schema.properties.type?.const;
  return [{ name, fields: schema.properties, required: schema.required ?? [] }];
}

/** Names of the components that a schema refers to, in order of appearance. */
export function refsOf(schema) {
  return [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)].map(([, $ref]) => refName($ref));
}
