import { categoryBodySchema } from "@tidings/contract/categories";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { type FolderFault, fileFault } from "./fault.ts";
import { type FolderFile, type FolderLimits, listFolder, textOf } from "./list-files.ts";
import { readMapping } from "./read-mapping.ts";
import { readTemplate } from "./read-template.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { FolderDocument, Reading } from "./reading.ts";
import { readTypeScript } from "./typescript/read-typescript.ts";
import type { TypeScriptLimits } from "./typescript/runner.ts";

export type NotificationsFolder = { documents: FolderDocument[] } | { faults: FolderFault[] };

export interface ReadFolderOptions {
  limits: FolderLimits & TypeScriptLimits;
  /** Looks a secret up by the name that stands in the folder. */
  secretOf: (name: string) => string | undefined;
}

/** A place where configuration is looked for, and how it is read. */
interface Form {
  pattern: RegExp;
  read: (file: FolderFile, text: string, reading: Reading) => void;
}

const forms: readonly Form[] = [
  {
    pattern: /^categories\.ya?ml$/,
    read: (file, text, reading) => readMapping(file, text, "category", categoryBodySchema, reading),
  },
  {
    pattern: /^integrations\.ya?ml$/,
    read: (file, text, reading) => readMapping(file, text, "integration", integrationBodySchema, reading),
  },
  { pattern: /^workflows\/[^/]+\.ya?ml$/, read: readWorkflow },
  // What several `.ts` workflows import.
  { pattern: /^lib\/.+\.(ts|js|json)$/, read: () => undefined },
];

/**
 * Configuration as an application keeps it in its repository:
 *
 *   categories.yaml, integrations.yaml            a mapping of keys to bodies
 *   workflows/<key>.yaml                          a body each
 *   templates/<key>/<channel>.<field>.handlebars  a field each: email.subject, email.text, email.html, sms.text …
 *
 * Bodies are those of `PUT /v1/{categories,integrations,workflows,templates}/{key}`. Secrets are named, never written:
 * `password: { fromEnv: SMTP_PASSWORD }`. Gives all documents, or all faults.
 */
export async function readFolder(root: string, { limits, secretOf }: ReadFolderOptions): Promise<NotificationsFolder> {
  const listed = await listFolder(root, limits);
  const reading: Reading = { documents: [], faults: [...listed.faults], secretOf };
  const templates = new Map<string, FolderFile[]>();
  const typescript: FolderFile[] = [];
  for (const file of listed.files) {
    const [, key] = /^templates\/([^/]+)\/[^/]+$/.exec(file.path) ?? [];
    if (/^workflows\/[^/]+\.ts$/.test(file.path)) typescript.push(file);
    else if (key === undefined) readFile(file, reading);
    else templates.set(key, [...(templates.get(key) ?? []), file]);
  }
  for (const [key, files] of templates) readTemplate(key, files, reading);
  await readTypeScript(root, typescript, limits, reading);
  reportDoubles(reading);
  return reading.faults.length > 0 ? { faults: reading.faults } : { documents: reading.documents };
}

function readFile(file: FolderFile, reading: Reading): void {
  const form = forms.find(({ pattern }) => pattern.test(file.path));
  if (form === undefined) {
    reading.faults.push(fileFault(file.path, "is in no place where configuration is looked for"));
    return;
  }
  const text = textOf(file, reading.faults);
  if (text !== undefined) form.read(file, text, reading);
}

/** Such as `categories.yaml` beside `categories.yml`. */
function reportDoubles({ documents, faults }: Reading): void {
  const seen = new Map<string, string>();
  for (const { kind, key, file, placeOf } of documents) {
    const first = seen.get(`${kind} ${key}`);
    if (first !== undefined) faults.push({ ...placeOf(""), path: "", message: `has ${kind} ${key}, as ${first} has` });
    seen.set(`${kind} ${key}`, file);
  }
}
