import type { DocumentKind } from "@tidings/contract/configuration";
import { differenceLines, isEqual } from "./difference-lines.ts";
import { kindsInOrder, type RemoteDocument } from "./remote.ts";

/** A document that a folder, or another environment, has. */
export interface LocalDocument {
  kind: DocumentKind;
  key: string;
  /** Where it was written; empty where it is no file's. */
  file: string;
  document: unknown;
  secretNames?: readonly string[];
}

export interface DocumentDifference {
  kind: DocumentKind;
  key: string;
  file: string;
  /** `extra` is on the server alone: left there unless pruning is asked for. */
  change: "created" | "changed" | "unchanged" | "extra";
  /** Current version on the server; 0 where it is not there. */
  version: number;
  /** What is different, as lines that begin with `-` or `+`. */
  lines: string[];
}

/** What pushing `local` would change of `remote`, in the order of kinds and keys. Values of secrets cannot be compared. */
export function diff(local: readonly LocalDocument[], remote: readonly RemoteDocument[]): DocumentDifference[] {
  const theirs = new Map(remote.map((each) => [nameOf(each), each]));
  const ours = new Set(local.map(nameOf));
  const differences = local.map((own) => differenceOf(own, theirs.get(nameOf(own))));
  for (const each of remote) {
    if (ours.has(nameOf(each))) continue;
    const { kind, key, version } = each;
    differences.push({ kind, key, file: "", change: "extra", version, lines: [] });
  }
  return differences.sort(inOrder);
}

export const nameOf = ({ kind, key }: { kind: DocumentKind; key: string }): string => `${kind} ${key}`;

function differenceOf(own: LocalDocument, their: RemoteDocument | undefined): DocumentDifference {
  const { kind, key, file } = own;
  if (their === undefined) return { kind, key, file, change: "created", version: 0, lines: [] };
  const before = comparable(their.document, their.secretNames);
  const after = comparable(own.document, own.secretNames);
  const change = isEqual(before, after) ? "unchanged" : "changed";
  const lines = change === "unchanged" ? [] : differenceLines(before, after);
  return { kind, key, file, change, version: their.version, lines };
}

/** Of secrets only the names are known on both sides. */
function comparable(document: unknown, secretNames: readonly string[] = []): unknown {
  if (typeof document !== "object" || document === null) return document;
  const { secrets: _secrets, ...rest } = { secrets: undefined, ...document };
  return secretNames.length === 0 ? rest : { ...rest, secretNames: [...secretNames].sort() };
}

function inOrder(a: DocumentDifference, b: DocumentDifference): number {
  return kindsInOrder.indexOf(a.kind) - kindsInOrder.indexOf(b.kind) || (a.key < b.key ? -1 : 1);
}
