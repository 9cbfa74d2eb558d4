import { isUtf8 } from "node:buffer";
import { isDeeper } from "../domain/json-depth.ts";
import { TidingsError } from "../errors.ts";

/**
 * Parses a JSON body. Throws `malformed_json`, `body_too_deep`, or `validation_failed` where a member is named
 * `__proto__`: nothing in the body may become something else than data.
 */
export function parseJsonBody(bytes: Buffer, depthMax: number): unknown {
  if (!isUtf8(bytes)) throw new TidingsError("malformed_json", { detail: "The body is not UTF-8" });
  if (isDeeper(bytes, depthMax)) throw new TidingsError("body_too_deep", { detail: `At most ${depthMax} levels` });
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TidingsError("malformed_json", { detail: positionOf(error) });
  }
  // A name can be written with escapes, so their presence makes us look too. Both are rare.
  if (text.includes("__proto__") || text.includes("\\u005")) refuseProto(value, "");
  return value;
}

/** Where the parser stopped. V8's message quotes the body, which belongs into no log and no answer. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? "The body is not JSON" : `The body is not JSON at position ${position}`;
}

/** Depth is bounded already, so this may recurse. */
function refuseProto(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const own = Array.isArray(value) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    if (name === "__proto__") {
      throw new TidingsError("validation_failed", { faults: [{ path: own, message: "is not allowed as a name" }] });
    }
    refuseProto(member, own);
  }
}
