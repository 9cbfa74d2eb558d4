import { faultsOf } from "@tidings/contract/faults";
import { layoutBodySchema } from "@tidings/contract/layouts";
import { templateBodySchema } from "@tidings/contract/templates";
import { withAttachments } from "./attachments.ts";
import { DocumentSources, type Part } from "./document-sources.ts";
import { type FolderFault, fileFault } from "./fault.ts";
import { endsBeforeLastLine } from "./last-line.ts";
import { type FolderFile, textOf } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { readSample } from "./read-sample.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { shapeFault } from "./shape-fault.ts";
import { isTree, type Tree } from "./tree.ts";
import { YamlFile } from "./yaml-file.ts";

/** What is put together of the files of one document. */
interface Assembly {
  body: Tree;
  sources: DocumentSources;
  faults: FolderFault[];
  /** Files that are read by what refers to them. */
  others: FolderFile[];
}

/** templates/<key>/ and layouts/<key>/: `template.yaml`, a file per field and locale, messages, a sample. */
export function readDocumentFolder(
  kind: "template" | "layout",
  key: string,
  files: readonly FolderFile[],
  { documents, faults, samples }: Reading,
): void {
  const folder = `${kind}s/${key}`;
  const faultsBefore = faults.length;
  const assembly: Assembly = { body: {}, sources: new DocumentSources(folder), faults, others: [] };
  if (!isKey(key))
    faults.push(fileFault(files[0]?.path ?? folder, `lies in a folder whose name is no key: ${keyRule}`));
  // The document's own file first: fields in files of their own lie over it.
  const own = new RegExp(`^${kind}\\.ya?ml$`);
  const nameOf = (file: FolderFile): string => file.path.slice(folder.length + 1);
  for (const file of files) if (own.test(nameOf(file))) readBase(file, assembly);
  for (const file of files) {
    const name = nameOf(file);
    if (own.test(name)) continue;
    if (kind === "template" && /^sample\.ya?ml$/.test(name)) readSample(key, file, samples, faults);
    else readPart(name, file, assembly);
  }
  const body = withAttachments(assembly.body, folder, assembly.others, assembly.sources, faults);
  if (faults.length > faultsBefore) return;
  const schema = kind === "template" ? templateBodySchema : layoutBodySchema;
  const parsed = schema.safeParse(body);
  const placeOf = (path: string, line?: number) => assembly.sources.placeOf(partsOf(path), line);
  if (parsed.success) documents.push({ kind, key, file: folder, document: parsed.data, placeOf });
  else {
    for (const fault of faultsOf(parsed.error))
      faults.push(shapeFault(placeOf(fault.path), fault, { schema, value: body }));
  }
}

function readBase(file: FolderFile, { body, sources, faults }: Assembly): void {
  const text = textOf(file, faults);
  const yaml = text === undefined ? undefined : new YamlFile(file.path, text);
  const mapping = yaml?.mapping(faults);
  if (yaml === undefined || mapping === undefined) return;
  Object.assign(body, mapping);
  sources.addYaml([], yaml);
}

function readPart(name: string, file: FolderFile, assembly: Assembly): void {
  const [, messages] = /^messages\/([^/]+)\.ya?ml$/.exec(name) ?? [];
  const [, locale, channel, field] = /^(?:([^/]+)\/)?([a-z_]+)\.([A-Za-z]+)\.handlebars$/.exec(name) ?? [];
  if (messages !== undefined) {
    readMessages(messages, file, assembly);
    return;
  }
  if (channel === undefined || field === undefined) {
    if (/\.(handlebars|ya?ml)$/.test(name)) {
      const hint = "<channel>.<field>.handlebars, as in email.subject.handlebars, or de/email.subject.handlebars";
      assembly.faults.push(fileFault(file.path, "has no name that is known here", hint));
    } else assembly.others.push(file);
    return;
  }
  const text = textOf(file, assembly.faults);
  if (text === undefined) return;
  const value = endsBeforeLastLine(channel, field) ? text.replace(/\r?\n$/, "") : text;
  const path = locale === undefined ? [channel, field] : ["locales", locale, channel, field];
  put(assembly, path, value, file);
  assembly.sources.addFile(path, file.path);
}

/** messages/<locale>.yaml; `default.yaml` is what all languages fall back to. */
function readMessages(locale: string, file: FolderFile, assembly: Assembly): void {
  const text = textOf(file, assembly.faults);
  const yaml = text === undefined ? undefined : new YamlFile(file.path, text);
  const mapping = yaml?.mapping(assembly.faults);
  if (yaml === undefined || mapping === undefined) return;
  put(assembly, ["messages", locale], mapping, file);
  assembly.sources.addYaml(["messages", locale], yaml);
}

function put({ body, faults }: Assembly, path: readonly Part[], value: unknown, file: FolderFile): void {
  let at: Tree = body;
  for (const part of path.slice(0, -1)) {
    const next = at[part];
    const tree: Tree = isTree(next) ? { ...next } : {};
    at[part] = tree;
    at = tree;
  }
  const name = String(path.at(-1));
  if (Object.hasOwn(at, name))
    faults.push(fileFault(file.path, `is ${path.join(".")}, which is written elsewhere too`));
  at[name] = value;
}
