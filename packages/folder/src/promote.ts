import {
  type ConfigurationChange,
  type ConfigurationSet,
  type DocumentKind,
  hasSecrets,
} from "@tidings/contract/configuration";
import { type DocumentDifference, diff, nameOf } from "./diff.ts";
import { isEqual } from "./difference-lines.ts";
import { type ConfigurationRemote, kindsInOrder, listAll, type RemoteDocument } from "./remote.ts";
import { toJson } from "./to-json.ts";

export interface PromoteOptions {
  /** Integrations and sources: accounts and their settings belong to an environment; their secrets never leave one. */
  integrations?: boolean;
  /** Deletes what the other environment has alone. */
  prune?: boolean;
}

export interface PromotePlan {
  differences: DocumentDifference[];
  /** What the server refuses, by kind and key. */
  faults: { kind: string; key: string; path: string; message: string }[];
  set: ConfigurationSet;
  source: RemoteDocument[];
}

export interface PromotedDocument extends ConfigurationChange {
  /** Version in the environment that it came from. */
  sourceVersion: number;
  /** Whether the two environments hold the same document now. */
  equal: boolean;
}

/** What promoting would do: the current documents of `from`, exactly as they are, over those of `to`. Writes nothing. */
export async function planPromotion(
  from: ConfigurationRemote,
  to: ConfigurationRemote,
  { integrations = false, prune = false }: PromoteOptions = {},
): Promise<PromotePlan> {
  const kinds = kindsOf(integrations);
  const source = await listAll(from, kinds);
  const differences = diff(
    source.map((each) => ({ ...each, file: "" })),
    await listAll(to, kinds),
  );
  const seen = differences.filter(({ change }) => change !== "extra" || prune);
  const set: ConfigurationSet = {
    documents: source.map(({ kind, key, version, document }) => ({
      kind,
      key,
      document: toJson(document),
      origin: `${from.environment} version ${version}`,
    })),
    delete: seen.filter(({ change }) => change === "extra").map(({ kind, key }) => ({ kind, key })),
    expect: seen.map(({ kind, key, version }) => ({ kind, key, version })),
  };
  const { faults } = await to.check(set);
  return { differences, faults, set, source };
}

/** Applies a plan in one commit, then reads both environments again and says of each document whether it is the same. */
export async function promote(
  from: ConfigurationRemote,
  to: ConfigurationRemote,
  { set, source }: PromotePlan,
): Promise<PromotedDocument[]> {
  const changes = await to.apply(set);
  const kinds = [...new Set(source.map(({ kind }) => kind))];
  const theirs = new Map((await listAll(to, kinds)).map((each) => [nameOf(each), each.document]));
  const ours = new Map((await listAll(from, kinds)).map((each) => [nameOf(each), each.document]));
  return changes
    .filter(({ change }) => change !== "deleted")
    .map((change) => {
      const name = `${change.kind} ${change.key}`;
      const sourceVersion = source.find((each) => nameOf(each) === name)?.version ?? 0;
      return { ...change, sourceVersion, equal: ours.has(name) && isEqual(ours.get(name), theirs.get(name)) };
    });
}

/** Tenants are data of an environment and stay there. */
function kindsOf(integrations: boolean): DocumentKind[] {
  return kindsInOrder.filter((kind) => kind !== "tenant" && (integrations || !hasSecrets(kind)));
}
