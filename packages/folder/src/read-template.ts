import { basename } from "node:path";
import { faultsOf } from "@tidings/contract/faults";
import { templateBodySchema } from "@tidings/contract/templates";
import { fileFault, type Place, startOf } from "./fault.ts";
import { type FolderFile, textOf } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { shapeFault } from "./shape-fault.ts";

/** Fields that become one line: the end of the file's last line is none of theirs. */
const lineFields = new Set(["subject", "title"]);

/** templates/<key>/<channel>.<field>.handlebars. */
export function readTemplate(key: string, files: readonly FolderFile[], { documents, faults }: Reading): void {
  const faultsBefore = faults.length;
  const body: Record<string, Record<string, string>> = {};
  for (const file of files) {
    const [, channel, field] = /^([a-z_]+)\.([a-z]+)\.handlebars$/.exec(basename(file.path)) ?? [];
    if (channel === undefined || field === undefined) {
      faults.push(fileFault(file.path, "is not named <channel>.<field>.handlebars, as in email.subject.handlebars"));
      continue;
    }
    const text = textOf(file, faults);
    if (text === undefined) continue;
    body[channel] = { ...body[channel], [field]: lineFields.has(field) ? text.replace(/\r?\n$/, "") : text };
  }
  const folder = `templates/${key}`;
  if (!isKey(key)) faults.push(fileFault(folder, `has a name that is not a key: ${keyRule}`));
  if (faults.length > faultsBefore) return;
  const placeOf = (path: string): Place => startOf(fileOf(path, folder, files));
  const parsed = templateBodySchema.safeParse(body);
  if (parsed.success) documents.push({ kind: "template", key, file: folder, document: parsed.data, placeOf });
  else {
    for (const fault of faultsOf(parsed.error)) {
      faults.push(shapeFault(placeOf(fault.path), fault, { schema: templateBodySchema, value: body }));
    }
  }
}

/** The field's own file, or the nearest thing to it: a missing subject is a fault of the mail's other files. */
function fileOf(path: string, folder: string, files: readonly FolderFile[]): string {
  const [channel, field] = partsOf(path);
  const names = files.map((file) => file.path);
  const own = names.find((name) => basename(name) === `${channel}.${field}.handlebars`);
  return own ?? names.find((name) => basename(name).startsWith(`${channel}.`)) ?? folder;
}
