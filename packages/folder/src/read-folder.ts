import { type FolderFault, fileFault } from "./fault.ts";
import { type Form, formOf } from "./forms.ts";
import { type FolderFile, type FolderLimits, listFolder } from "./list-files.ts";
import { readDocumentFolder } from "./read-document-folder.ts";
import { readMapping } from "./read-mapping.ts";
import { readPartial } from "./read-partial.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { FolderDocument, Reading, Sample } from "./reading.ts";
import { referenceFaults } from "./references.ts";
import { readTypeScript } from "./typescript/read-typescript.ts";
import type { TypeScriptLimits } from "./typescript/runner.ts";

export type NotificationsFolder =
  | { documents: FolderDocument[]; samples: ReadonlyMap<string, Sample> }
  | { faults: FolderFault[] };

export interface ReadFolderOptions {
  limits: FolderLimits & TypeScriptLimits;
  /** Looks a secret up by the name that stands in the folder; left out, secrets are only checked to be names. */
  secretOf?: (name: string) => string | undefined;
  /** Environment whose `integrations.<environment>.yaml` and `sources.<environment>.yaml` lie over those of all; none where left out. */
  environment?: string;
}

/**
 * Configuration as an application keeps it in its repository (`docs/reference/notifications-folder.md` has all forms).
 * Bodies are those of `PUT /v1/{plural}/{key}`; secrets are named, never written. Gives all documents, in the order of
 * their files, or all faults: of shape, and where there is none, of what documents refer to.
 */
export async function readFolder(root: string, options: ReadFolderOptions): Promise<NotificationsFolder> {
  const listed = await listFolder(root, options.limits);
  const reading: Reading = {
    documents: [],
    ofEnvironments: [],
    samples: new Map(),
    faults: [...listed.faults],
    secretOf: options.secretOf,
    environment: options.environment,
  };
  const groups = new Map<string, { form: Form; key: string; files: FolderFile[] }>();
  for (const file of listed.files) {
    const found = formOf(file.path);
    if (found === undefined) {
      reading.faults.push(fileFault(file.path, "is in no place where configuration is looked for"));
      continue;
    }
    const { form, key } = found;
    const name = form === "template" || form === "layout" || form === "partial" ? `${form} ${key}` : file.path;
    const group = groups.get(name) ?? { form, key, files: [] };
    group.files.push(file);
    groups.set(name, group);
  }
  for (const { form, key, files } of groups.values()) readGroup(form, key, files, reading);
  const typescript = [...groups.values()].filter(({ form }) => form === "typescript").flatMap(({ files }) => files);
  await readTypeScript(root, typescript, options.limits, reading);
  const documents = documentsOf(reading);
  reportDoubles(reading.documents, reading.faults);
  if (reading.faults.length === 0) reading.faults.push(...referenceFaults(documents));
  return reading.faults.length > 0 ? { faults: reading.faults.sort(inOrder) } : { documents, samples: reading.samples };
}

function readGroup(form: Form, key: string, files: readonly FolderFile[], reading: Reading): void {
  const [file] = files;
  if (file === undefined || form === "ignored" || form === "typescript") return;
  if (form === "template" || form === "layout") readDocumentFolder(form, key, files, reading);
  else if (form === "partial") readPartial(key, files, reading);
  else if (form === "workflow") readWorkflow(key, file, reading);
  else readMapping(form, key, file, reading);
}

/** Those of all environments, with what the one that is asked for has in place of them. */
function documentsOf({ documents, ofEnvironments, environment }: Reading): FolderDocument[] {
  const own = ofEnvironments.filter((each) => each.environment === environment).map(({ document }) => document);
  const replaced = new Set(own.map(({ kind, key }) => `${kind} ${key}`));
  return [...documents.filter(({ kind, key }) => !replaced.has(`${kind} ${key}`)), ...own];
}

/** Such as `categories.yaml` beside `categories.yml`. */
function reportDoubles(documents: readonly FolderDocument[], faults: FolderFault[]): void {
  const seen = new Map<string, string>();
  for (const { kind, key, file, placeOf } of documents) {
    const first = seen.get(`${kind} ${key}`);
    if (first !== undefined) faults.push({ ...placeOf(""), path: "", message: `has ${kind} ${key}, as ${first} has` });
    seen.set(`${kind} ${key}`, file);
  }
}

function inOrder(a: FolderFault, b: FolderFault): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
