import type { ConfigurationChange, ConfigurationSet } from "@tidings/contract/configuration";
import { type DocumentDifference, diff } from "./diff.ts";
import type { FolderFault } from "./fault.ts";
import type { FolderDocument } from "./reading.ts";
import { type ConfigurationRemote, kindsInOrder, listAll } from "./remote.ts";
import { checkedFaults } from "./server-faults.ts";
import { toJson } from "./to-json.ts";

export interface PushPlan {
  differences: DocumentDifference[];
  /** What the server refuses, where it was written. */
  faults: FolderFault[];
  /** What the server says it would do. A secret whose value alone is another shows here, and not as a difference. */
  changes: ConfigurationChange[];
  /** Documents that use a changed partial and that the server did not check, as they are too many. */
  unchecked: number;
  /** What `remote.apply` takes; it expects the versions that were compared with, so that nothing is written over unseen. */
  set: ConfigurationSet;
}

/**
 * Compares a folder with an environment and lets the server check the whole of it; writes nothing. With `prune` what is
 * on the server alone is deleted.
 */
export async function planPush(
  documents: readonly FolderDocument[],
  remote: ConfigurationRemote,
  { prune = false }: { prune?: boolean } = {},
): Promise<PushPlan> {
  const differences = diff(documents, await listAll(remote, kindsInOrder));
  const set = setOf(documents, differences, prune);
  const { faults, documents: changes, unchecked = 0 } = await remote.check(set);
  return { differences, faults: checkedFaults(documents, faults), changes, unchecked, set };
}

function setOf(
  documents: readonly Pick<FolderDocument, "kind" | "key" | "document">[],
  differences: readonly DocumentDifference[],
  prune: boolean,
): ConfigurationSet {
  const extra = prune ? differences.filter(({ change }) => change === "extra") : [];
  const seen = differences.filter(({ change }) => change !== "extra" || prune);
  return {
    documents: documents.map(({ kind, key, document }) => ({ kind, key, document: toJson(document) })),
    delete: extra.map(({ kind, key }) => ({ kind, key })),
    expect: seen.map(({ kind, key, version }) => ({ kind, key, version })),
  };
}
