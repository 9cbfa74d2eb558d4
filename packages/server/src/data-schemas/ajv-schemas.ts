import type { DataSchema } from "@tidings/contract/data-schemas";
import type { Fault } from "@tidings/contract/errors";
import { pathText } from "@tidings/contract/faults";
import { limits } from "@tidings/contract/limits";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { z } from "zod";
import type { DataSchemas } from "../ports/data-schemas.ts";
import { schemaRuleFaults } from "./schema-rules.ts";

/** Formats of JSON Schema 2020-12 that are checked; any other is refused when the schema is written. */
const formats: Readonly<Record<string, z.ZodType>> = {
  "date-time": z.iso.datetime({ offset: true }),
  date: z.iso.date(),
  time: z.iso.time(),
  duration: z.iso.duration(),
  email: z.email(),
  uri: z.url(),
  uuid: z.guid(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
};

/** RE2 takes time in proportion to the text; V8's own engine may take for ever. `code` is for code that is written to files. */
const linearPatterns = Object.assign((pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern)), {
  code: "RE2JS",
});

/** Ajv in strict mode: a keyword that it does not know is a fault, as is one that could never apply. */
export class AjvSchemas implements DataSchemas {
  /** By the schema as it is in the configuration in force, so that what is replaced goes with it. */
  readonly #compiled = new WeakMap<DataSchema, ValidateFunction>();

  schemaFaults(schema: DataSchema): Fault[] {
    const faults = schemaRuleFaults(schema, patternFault);
    if (faults.length > 0) return faults;
    try {
      compile(schema);
      return [];
    } catch (error) {
      return [{ path: "", message: error instanceof Error ? error.message : "cannot be compiled" }];
    }
  }

  dataFaults(schema: DataSchema, data: unknown): Fault[] {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = compile(schema);
      this.#compiled.set(schema, validate);
    }
    if (validate(data)) return [];
    return (validate.errors ?? []).slice(0, limits.faults).map((error) => faultOf(error, data));
  }
}

/** A compiler of its own for each schema: one that is shared would keep all that it ever compiled. */
function compile(schema: DataSchema): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: false,
    ownProperties: true,
    messages: true,
    logger: false,
    code: { regExp: linearPatterns },
    formats: Object.fromEntries(
      Object.entries(formats).map(([name, format]) => [name, (text: string) => format.safeParse(text).success]),
    ),
  });
  return ajv.compile(schema);
}

function patternFault(pattern: string): string | undefined {
  try {
    linearPatterns(pattern);
    return undefined;
  } catch {
    return "is no pattern that RE2 knows: no look-around and no back-references";
  }
}

/** A name that is missing or too much is part of the path. */
function faultOf({ instancePath, params, message = "is not as its schema says" }: ErrorObject, data: unknown): Fault {
  const path = pointerParts(instancePath, data);
  const { missingProperty, additionalProperty, unevaluatedProperty, allowedValues } = params;
  const unknown: unknown = additionalProperty ?? unevaluatedProperty;
  if (typeof missingProperty === "string") return { path: pathText([...path, missingProperty]), message: "is missing" };
  if (typeof unknown === "string") return { path: pathText([...path, unknown]), message: "is not known here" };
  if (Array.isArray(allowedValues)) {
    return { path: pathText(path), message: `must be one of: ${allowedValues.map(String).join(", ").slice(0, 500)}` };
  }
  return { path: pathText(path), message };
}

/** Parts of a JSON pointer (RFC 6901); a number is one only inside of a list. */
function pointerParts(pointer: string, data: unknown): (string | number)[] {
  let at = data;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const key = Array.isArray(at) ? Number(name) : name;
      at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
      return key;
    });
}
