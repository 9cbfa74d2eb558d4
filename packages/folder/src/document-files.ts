import { endsBeforeLastLine } from "./last-line.ts";
import { mergeYaml } from "./merge-yaml.ts";
import type { RemoteDocument } from "./remote.ts";
import { isTree, type Tree } from "./tree.ts";

export type FileSet = Map<string, string | Buffer | null>;

/** What one document's files become; null where one goes. */
export function documentFiles({ kind, key, document }: RemoteDocument, existing: ReadonlyMap<string, string>): FileSet {
  const body = isTree(document) ? document : {};
  if (kind === "workflow") {
    const path = existing.has(`workflows/${key}.yml`) ? `workflows/${key}.yml` : `workflows/${key}.yaml`;
    return new Map([[path, mergeYaml(existing.get(path), body)]]);
  }
  if (kind === "partial") return partialFiles(key, body, existing);
  return folderFiles(kind === "layout" ? "layout" : "template", key, body, existing);
}

function partialFiles(key: string, { html, text }: Tree, existing: ReadonlyMap<string, string>): FileSet {
  const files: FileSet = new Map();
  for (const [field, value] of Object.entries({ html, text })) {
    const path = `partials/${key}.${field}.handlebars`;
    if (typeof value === "string") files.set(path, value);
    else if (existing.has(path)) files.set(path, null);
  }
  return files;
}

/** Texts of channels become a file each; all else goes into the document's own file. */
function folderFiles(
  kind: "template" | "layout",
  key: string,
  body: Tree,
  existing: ReadonlyMap<string, string>,
): FileSet {
  const folder = `${kind}s/${key}`;
  const files: FileSet = new Map();
  const { locales, messages, ...rest } = body;
  const own = channelFiles(folder, rest, files);
  for (const [locale, variant] of Object.entries(isTree(locales) ? locales : {})) {
    const left = isTree(variant) ? channelFiles(`${folder}/${locale}`, variant, files) : {};
    if (Object.keys(left).length > 0) own.locales = { ...(isTree(own.locales) ? own.locales : {}), [locale]: left };
  }
  for (const [locale, texts] of Object.entries(isTree(messages) ? messages : {})) {
    const path = `${folder}/messages/${locale}.yaml`;
    if (isTree(texts)) files.set(path, mergeYaml(existing.get(path), texts));
  }
  attachmentFiles(folder, own, files);
  const path = existing.has(`${folder}/${kind}.yml`) ? `${folder}/${kind}.yml` : `${folder}/${kind}.yaml`;
  if (Object.keys(own).length > 0) files.set(path, mergeYaml(existing.get(path), own));
  for (const before of existing.keys()) {
    const isOurs = before.startsWith(`${folder}/`) && !/\/sample\.ya?ml$/.test(before);
    if (isOurs && !files.has(before)) files.set(before, null);
  }
  return files;
}

/** Gives what is no text of a channel. */
function channelFiles(folder: string, body: Tree, files: FileSet): Tree {
  const left: Tree = {};
  for (const [channel, fields] of Object.entries(body)) {
    if (!isTree(fields)) {
      if (fields !== undefined) left[channel] = fields;
      continue;
    }
    const others: Tree = {};
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value === "string") {
        files.set(
          `${folder}/${channel}.${field}.handlebars`,
          endsBeforeLastLine(channel, field) ? `${value}\n` : value,
        );
      } else if (value !== undefined) others[field] = value;
    }
    // An empty channel says that it is there, as a webhook without a body does.
    if (Object.keys(others).length > 0 || Object.keys(fields).length === 0) left[channel] = others;
  }
  return left;
}

/** Content of attachments lies beside the template under its own name. */
function attachmentFiles(folder: string, own: Tree, files: FileSet): void {
  const email = own.email;
  if (!isTree(email) || !Array.isArray(email.attachments)) return;
  email.attachments = email.attachments.map((attachment: unknown, index) => {
    if (!isTree(attachment) || typeof attachment.content !== "string") return attachment;
    const { content, ...rest } = attachment;
    const safe = String(rest.filename)
      .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[.-]+/, "");
    const path = `${index + 1}-${safe === "" ? "attachment" : safe}`;
    files.set(`${folder}/${path}`, Buffer.from(String(content), "base64"));
    return { ...rest, file: path };
  });
}
