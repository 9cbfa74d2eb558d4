import type { Fault } from "@tidings/contract/errors";
import type { LayoutBody } from "@tidings/contract/layouts";
import { type PartialBody, partialKeysOf } from "@tidings/contract/partials";
import type { TemplateBody } from "@tidings/contract/templates";
import type { TemplateFault } from "./template-fault.ts";

/** A fault of a source, as a request's fault. What lies in another document than the one that is written names that. */
export function faultOfTemplate({ field, line, message, document, detail }: TemplateFault): Fault {
  if (document !== undefined) return { path: "", message: detail };
  return line === undefined ? { path: field, message } : { path: field, message: `line ${line}: ${message}`, line };
}

type PartUser = TemplateBody | LayoutBody | PartialBody;

/** Keys of the partials that a document's own sources name; those may name more. */
export function partialsOf(document: PartUser): string[] {
  return partialKeysOf(JSON.stringify(document));
}

/** Whether one of a document's HTML sources takes in a partial. */
export function takesInHtml(document: PartUser, key: string): boolean {
  const sources: (string | undefined)[] = [];
  JSON.stringify(document, (name, value: unknown) => {
    if (name === "html" && typeof value === "string") sources.push(value);
    return value;
  });
  return sources.some((source) => source !== undefined && partialKeysOf(source).includes(key));
}
