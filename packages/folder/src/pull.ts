import { type DocumentKind, hasSecrets } from "@tidings/contract/configuration";
import { parse as parseYaml } from "yaml";
import { isEqual } from "./difference-lines.ts";
import { documentFiles, type FileSet } from "./document-files.ts";
import { mergeYaml } from "./merge-yaml.ts";
import type { FolderDocument } from "./reading.ts";
import type { RemoteDocument } from "./remote.ts";
import { isTree } from "./tree.ts";

export interface PulledFolder {
  /** What the folder's files become, by path; null where a file goes. Files that are not named stay as they are. */
  files: Map<string, string | Buffer | null>;
  /** Documents that could not be written: a `.ts` workflow is the application's own code. */
  kept: { file: string; kind: DocumentKind; key: string }[];
}

export interface PullOptions {
  /** Text of the folder's files as they are, by path. */
  existing: ReadonlyMap<string, string>;
  /** What those files say, where they have no fault: documents that are the same already are left alone. */
  documents?: readonly FolderDocument[];
  /** Environment that was pulled from: its own integrations and sources stay in files of their own. */
  environment: string;
}

/**
 * A folder that says what the environment says: reading it gives the same documents. Comments and the order of what is
 * there stay where they can. Secrets are named by a variable each, never written.
 */
export function pull(
  remote: readonly RemoteDocument[],
  { existing, documents = [], environment }: PullOptions,
): PulledFolder {
  const pulled: PulledFolder = { files: new Map(), kept: [] };
  const own = new Map(documents.map((each) => [`${each.kind} ${each.key}`, each]));
  const set = (files: FileSet) => {
    for (const [path, content] of files) if (existing.get(path) !== content) pulled.files.set(path, content);
  };
  for (const each of remote) {
    if (mapped.has(each.kind)) continue;
    const local = own.get(`${each.kind} ${each.key}`);
    if (local !== undefined && isEqual(local.document, each.document)) continue;
    if (local?.file.endsWith(".ts") || existing.has(`workflows/${each.key}.ts`)) {
      pulled.kept.push({ file: `workflows/${each.key}.ts`, kind: each.kind, key: each.key });
      continue;
    }
    set(documentFiles(each, existing));
  }
  set(mappingFile("categories", remote, "category", existing));
  set(mappingFile("tenants", remote, "tenant", existing));
  set(mappingFile("policies", remote, "policy", existing));
  set(mappingFile("segments", remote, "segment", existing));
  set(accountFiles("integrations", remote, existing, environment));
  set(accountFiles("sources", remote, existing, environment));
  removeOthers(remote, pulled, existing);
  return pulled;
}

/** Kinds of which a file has many. */
const mapped: ReadonlySet<DocumentKind> = new Set(["category", "integration", "source", "tenant", "policy", "segment"]);

/** The name that the file has already, or the usual one. */
function nameOf(name: string, existing: ReadonlyMap<string, string>): string {
  return existing.has(`${name}.yml`) ? `${name}.yml` : `${name}.yaml`;
}

function mappingFile(
  name: string,
  remote: readonly RemoteDocument[],
  kind: DocumentKind,
  existing: ReadonlyMap<string, string>,
): FileSet {
  const path = nameOf(name, existing);
  const mapping = Object.fromEntries(
    remote.filter((each) => each.kind === kind).map(({ key, document }) => [key, document]),
  );
  if (Object.keys(mapping).length === 0 && !existing.has(path)) return new Map();
  return new Map([[path, mergeYaml(existing.get(path), mapping)]]);
}

/** Kinds with secrets, of which an environment may have its own in a file of its own. */
function accountFiles(
  plural: "integrations" | "sources",
  remote: readonly RemoteDocument[],
  existing: ReadonlyMap<string, string>,
  environment: string,
): FileSet {
  const [common, own] = [nameOf(plural, existing), nameOf(`${plural}.${environment}`, existing)];
  const files: FileSet = new Map();
  const ofOwn = new Set(Object.keys(mappingIn(existing.get(own))));
  const accounts = remote.filter(({ kind }) => hasSecrets(kind) && `${kind}s` === plural);
  for (const [path, isOwn] of [
    [common, false],
    [own, true],
  ] as const) {
    const before = mappingIn(existing.get(path));
    const mapping = Object.fromEntries(
      accounts
        .filter(({ key }) => ofOwn.has(key) === isOwn)
        .map((each) => [each.key, withNames(each, before[each.key])]),
    );
    // What this environment has in its own file is another's in the common one, and stays.
    if (!isOwn) for (const key of ofOwn) if (key in before) mapping[key] = before[key];
    if (Object.keys(mapping).length > 0 || existing.has(path)) files.set(path, mergeYaml(existing.get(path), mapping));
  }
  return files;
}

/** Secrets by the variables that the file names already, or by names made of the key and the secret's own. */
function withNames({ key, document, secretNames = [] }: RemoteDocument, before: unknown): unknown {
  if (secretNames.length === 0 || !isTree(document)) return document;
  const named = isTree(before) && isTree(before.secrets) ? before.secrets : {};
  const made = (name: string) => ({ fromEnv: `${key}_${name}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_") });
  return { ...document, secrets: Object.fromEntries(secretNames.map((name) => [name, named[name] ?? made(name)])) };
}

/** Files of documents that the environment does not have. */
function removeOthers(
  remote: readonly RemoteDocument[],
  pulled: PulledFolder,
  existing: ReadonlyMap<string, string>,
): void {
  const keys = new Set(remote.map(({ kind, key }) => `${kind}s/${key}`));
  for (const path of existing.keys()) {
    const [, place, key] = /^((?:workflow|template|layout|partial)s)\/([^/]+)/.exec(path) ?? [];
    if (place === undefined || key === undefined) continue;
    const name = key.replace(/\.(?:ya?ml|ts)$/, "").replace(/\.(?:html|text)\.handlebars$/, "");
    if (keys.has(`${place}/${name}`)) continue;
    if (path.endsWith(".ts")) pulled.kept.push({ file: path, kind: "workflow", key: name });
    else pulled.files.set(path, null);
  }
}

function mappingIn(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const value: unknown = parseYaml(text);
  return isTree(value) ? value : {};
}
