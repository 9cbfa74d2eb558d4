import { Document, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { isEqual } from "./difference-lines.ts";
import { isTree } from "./tree.ts";

const format = { lineWidth: 0, flowCollectionPadding: true } as const;

/**
 * A YAML text that says `value`. What an existing text says already stays as it was written, with its comments and its
 * order; what is new comes behind it.
 */
export function mergeYaml(existing: string | undefined, value: Record<string, unknown>): string {
  const document: Document = parseDocument(existing ?? "");
  if (document.errors.length > 0 || !isMap(document.contents)) return new Document(value).toString(format);
  merge(document, [], document.toJS() ?? {}, value);
  return document.toString(format);
}

type Path = readonly (string | number)[];

function merge(document: Document, path: Path, before: unknown, after: unknown): void {
  if (isEqual(before, after)) return;
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isTree(before) && isTree(after) && isMap(node)) {
    for (const name of Object.keys(before)) if (!(name in after)) document.deleteIn([...path, name]);
    for (const [name, value] of Object.entries(after)) merge(document, [...path, name], before[name], value);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && isSeq(node)) {
    for (let index = before.length - 1; index >= after.length; index -= 1) document.deleteIn([...path, index]);
    for (const [index, value] of after.entries()) merge(document, [...path, index], before[index], value);
    return;
  }
  // A scalar keeps its comment and its quotes.
  if (isScalar(node) && !isTree(after) && !Array.isArray(after)) node.value = after;
  else document.setIn(path, document.createNode(after));
}
