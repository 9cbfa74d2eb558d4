import type { Fault } from "@tidings/contract/errors";
import { faultsOf } from "@tidings/contract/faults";
import { limits } from "@tidings/contract/limits";
import type { z } from "zod";
import { TidingsInputError } from "../errors.ts";

/**
 * What is checked is what is sent: an input is turned to JSON first, and its schema sees what the server will see.
 * So `Date`s and other values with `toJSON` are welcome, and getters, proxies and cycles cannot bring another error
 * than `TidingsInputError`. Checking the value itself and then writing it would read it twice.
 */
export function checkedBody(operation: string, schema: z.ZodType, make: () => unknown): string {
  const text = serialised(operation, make);
  const value: unknown = JSON.parse(text);
  const path = tooDeep(value, limits.bodyDepth, "");
  if (path !== undefined) refuse(operation, path, `must not be nested deeper than ${limits.bodyDepth} levels`);
  checked(operation, schema, () => value);
  return text;
}

/** The value that `make` gives, as the schema has it; `prefix` stands before the path of each fault. */
export function checked<T extends z.ZodType>(
  operation: string,
  schema: T,
  make: () => unknown,
  prefix = "",
): z.output<T> {
  // Faults too are worded inside: a message may look at the value once more.
  const result = guarded(operation, prefix, () => {
    const parsed = schema.safeParse(make());
    return parsed.success ? parsed : { faults: faultsOf(parsed.error, prefix) };
  });
  if ("data" in result) return result.data;
  throw new TidingsInputError(operation, result.faults);
}

/** Runs code that reads what the caller gave, which may throw anything when it is read. */
function guarded<T>(operation: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TidingsInputError(operation, [{ path, message: `cannot be read (${reasonOf(cause)})` }], { cause });
  }
}

function serialised(operation: string, make: () => unknown): string {
  const value = guarded(operation, "", make);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TidingsInputError(operation, [unwritable(value, cause)], { cause });
  }
  return text ?? refuse(operation, "", "must be an object");
}

/** Where JSON could not be written. What throws here too is named by the path that it was found under. */
function unwritable(root: unknown, cause: unknown): Fault {
  const open = new Set<object>();
  const find = (value: unknown, path: string): Fault | undefined => {
    if (typeof value === "bigint") return { path, message: "must not be a BigInt, which JSON does not have" };
    if (typeof value !== "object" || value === null) return undefined;
    if (open.has(value)) return { path, message: "must not contain itself" };
    if (open.size > limits.bodyDepth)
      return { path, message: `must not be nested deeper than ${limits.bodyDepth} levels` };
    open.add(value);
    try {
      for (const name of Object.keys(value)) {
        const fault = find(Reflect.get(value, name), under(path, value, name));
        if (fault !== undefined) return fault;
      }
    } catch (error) {
      return { path, message: `cannot be read (${reasonOf(error)})` };
    } finally {
      open.delete(value);
    }
    return undefined;
  };
  return find(root, "") ?? { path: "", message: `cannot be written as JSON (${reasonOf(cause)})` };
}

/** Path of the first value below which there are more than `levels`. Never recurses further than that. */
function tooDeep(value: unknown, levels: number, path: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return path;
  for (const [name, member] of Object.entries(value)) {
    const found = tooDeep(member, levels - 1, under(path, value, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function under(path: string, parent: object, name: string): string {
  const short = name.slice(0, 100);
  if (Array.isArray(parent)) return `${path}[${short}]`;
  return path === "" ? short : `${path}.${short}`;
}

/** Cut: what a caller's own code throws may be anything. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? String(cause.message).slice(0, 200) : "it throws";
}

function refuse(operation: string, path: string, message: string): never {
  throw new TidingsInputError(operation, [{ path, message }]);
}
