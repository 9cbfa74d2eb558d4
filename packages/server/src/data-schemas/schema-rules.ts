import type { Fault } from "@tidings/contract/errors";
import { pathText } from "@tidings/contract/faults";
import { limits } from "@tidings/contract/limits";

type Path = readonly (string | number)[];
type Part = Readonly<Record<string, unknown>>;

/** Keywords whose value is a schema, a list of schemas, or schemas by name (JSON Schema 2020-12, core and applicators). */
const single = [
  ...["items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"],
  ...["unevaluatedItems", "unevaluatedProperties"],
];
const lists = ["prefixItems", "allOf", "anyOf", "oneOf"];
const named = ["properties", "patternProperties", "dependentSchemas"];
/** They name schemas elsewhere, or change what a schema means. */
const refused = ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$vocabulary"];

const draft = "https://json-schema.org/draft/2020-12/schema";
const patternLengthMax = 1000;
/** `uniqueItems` compares each with each. */
const uniqueItemsMax = 1000;

/** Gives an error's text where a pattern does not compile. */
export type CheckPattern = (pattern: string) => string | undefined;

interface Walk {
  root: Part;
  faults: Fault[];
  parts: number;
  checkPattern: CheckPattern;
}

/**
 * What a schema may hold so that checking data takes time in proportion to the data: its parts are counted with what they
 * refer to, no reference leads outside or round in circles, and patterns take linear time.
 */
export function schemaRuleFaults(schema: Part, checkPattern: CheckPattern): Fault[] {
  const walk: Walk = { root: schema, faults: [], parts: 0, checkPattern };
  visit(walk, schema, [], []);
  for (const [name, part] of Object.entries(asPart(schema.$defs) ?? {})) visit(walk, part, ["$defs", name], [name]);
  if (walk.parts > limits.dataSchemaParts) {
    walk.faults.push({ path: "", message: `has more than ${limits.dataSchemaParts} parts with all that it refers to` });
  }
  return walk.faults.slice(0, limits.faults);
}

/** `open` are the definitions that the way here leads through. */
function visit(walk: Walk, value: unknown, path: Path, open: readonly string[]): void {
  walk.parts += 1;
  const schema = asPart(value);
  if (schema === undefined || walk.parts > limits.dataSchemaParts) return;
  const report = (keyword: string, message: string) =>
    walk.faults.push({ path: pathText([...path, keyword]), message });
  for (const keyword of refused) if (keyword in schema) report(keyword, "is not supported here");
  if (schema.$schema !== undefined && schema.$schema !== draft) report("$schema", `must be ${draft}`);
  if (path.length > 0 && schema.$defs !== undefined) report("$defs", "must stand at the top");
  if (schema.uniqueItems === true && !(Number(schema.maxItems) <= uniqueItemsMax)) {
    report("uniqueItems", `needs maxItems of at most ${uniqueItemsMax} beside it`);
  }
  if (typeof schema.pattern === "string") checkPattern(walk, schema.pattern, [...path, "pattern"]);
  for (const pattern of Object.keys(asPart(schema.patternProperties) ?? {})) {
    checkPattern(walk, pattern, [...path, "patternProperties", pattern]);
  }
  if (schema.$ref !== undefined) follow(walk, schema.$ref, [...path, "$ref"], open);
  for (const keyword of single) if (keyword in schema) visit(walk, schema[keyword], [...path, keyword], open);
  for (const keyword of lists) {
    const list = schema[keyword];
    if (Array.isArray(list))
      for (const [index, part] of list.entries()) visit(walk, part, [...path, keyword, index], open);
  }
  for (const keyword of named) {
    for (const [name, part] of Object.entries(asPart(schema[keyword]) ?? {})) {
      visit(walk, part, [...path, keyword, name], open);
    }
  }
}

function follow(walk: Walk, reference: unknown, path: Path, open: readonly string[]): void {
  const report = (message: string) => walk.faults.push({ path: pathText(path), message });
  const name = typeof reference === "string" ? /^#\/\$defs\/([\w.-]+)$/.exec(reference)?.[1] : undefined;
  if (name === undefined) return void report("must lead into the schema's own $defs, as in #/$defs/address");
  const target = asPart(walk.root.$defs)?.[name];
  if (target === undefined) return void report(`there is no ${name} in $defs`);
  if (open.includes(name)) return void report(`leads round in circles, through ${[...open, name].join(", ")}`);
  visit(walk, target, ["$defs", name], [...open, name]);
}

function checkPattern(walk: Walk, pattern: string, path: Path): void {
  const fault = pattern.length > patternLengthMax ? "is too long" : walk.checkPattern(pattern);
  if (fault !== undefined) walk.faults.push({ path: pathText(path), message: fault });
}

function asPart(value: unknown): Part | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
