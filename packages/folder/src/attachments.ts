import type { DocumentSources } from "./document-sources.ts";
import { type FolderFault, fileFault } from "./fault.ts";
import { didYouMean } from "./hints.ts";
import type { FolderFile } from "./list-files.ts";
import { isTree, type Tree } from "./tree.ts";

/**
 * A template's attachments with their content, where `file:` names one that lies beside the template. Files that nothing
 * refers to are told.
 */
export function withAttachments(
  body: Tree,
  folder: string,
  files: readonly FolderFile[],
  sources: DocumentSources,
  faults: FolderFault[],
): Tree {
  const used = new Set<FolderFile>();
  const email = body.email;
  const names = files.map((file) => file.path.slice(folder.length + 1));
  const given = isTree(email) && Array.isArray(email.attachments) ? email.attachments : [];
  const attachments = given.map((attachment: unknown, index) => {
    if (!isTree(attachment) || typeof attachment.file !== "string") return attachment;
    const { file: name, ...rest } = attachment;
    const found = files[names.indexOf(attachment.file)];
    if (found !== undefined) {
      used.add(found);
      return { ...rest, content: found.bytes.toString("base64") };
    }
    const path = ["email", "attachments", index, "file"];
    const hint = didYouMean(attachment.file, names) ?? `put it into ${folder}`;
    const message = `there is no file ${String(name)}`;
    faults.push({ ...sources.placeOf(path), path: `email.attachments[${index}].file`, message, hint });
    return rest;
  });
  for (const file of files) {
    if (!used.has(file)) faults.push(fileFault(file.path, "is in no place where configuration is looked for"));
  }
  return isTree(email) && given.length > 0 ? { ...body, email: { ...email, attachments } } : body;
}
