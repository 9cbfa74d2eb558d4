import { basename, join } from "node:path";
import { categoryBodySchema } from "@tidings/contract/categories";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { templateBodySchema } from "@tidings/contract/templates";
import { keySchema } from "@tidings/contract/text";
import { workflowBodySchema } from "@tidings/contract/workflows";
import type { z } from "zod";
import { type FolderFile, type FolderLimits, listFolder } from "./folder-files.ts";
import { withSecrets } from "./folder-secrets.ts";
import { type FolderFault, YamlFile } from "./yaml-file.ts";

/**
 * Configuration as an application keeps it in its repository:
 *
 *   categories.yaml, integrations.yaml            a mapping of keys to bodies
 *   workflows/<key>.yaml                          a body each
 *   templates/<key>/<channel>.<field>.handlebars  a field each: email.subject, email.text, email.html, sms.text …
 *
 * Bodies are those of `PUT /v1/{categories,integrations,workflows,templates}/{key}`. Secrets are named, never written:
 * `password: { fromEnv: SMTP_PASSWORD }`.
 */
export interface FolderDocument {
  kind: ConfigurationKind;
  key: string;
  /** Where it was written, for faults that show later. */
  file: string;
  /** As the contract's schema parsed it; an integration's with its secrets in clear. */
  document: unknown;
}

export type NotificationsFolder = { documents: FolderDocument[] } | { faults: FolderFault[] };

interface Reading {
  documents: FolderDocument[];
  faults: FolderFault[];
  secretOf: (name: string) => string | undefined;
}

/** Reads the whole folder and gives all its documents, or all its faults. `secretOf` looks a secret up by its name. */
export async function readNotificationsFolder(
  root: string,
  limits: FolderLimits,
  secretOf: (name: string) => string | undefined,
): Promise<NotificationsFolder> {
  const listed = await listFolder(root, limits);
  const reading: Reading = { documents: [], faults: [...listed.faults], secretOf };
  const templates = new Map<string, FolderFile[]>();
  for (const file of listed.files) {
    const [folder = "", key = "", ...rest] = file.path.split("/");
    if (folder === "templates" && rest.length === 1) templates.set(key, [...(templates.get(key) ?? []), file]);
    else if (/^categories\.ya?ml$/.test(file.path)) readMapping(file, "category", categoryBodySchema, reading);
    else if (/^integrations\.ya?ml$/.test(file.path)) readMapping(file, "integration", integrationBodySchema, reading);
    else if (folder === "workflows" && rest.length === 0 && /\.ya?ml$/.test(key)) readWorkflow(file, reading);
    else reading.faults.push({ file: file.path, message: "is in no place where configuration is looked for" });
  }
  for (const [key, files] of templates) readTemplate(key, files, reading);
  reportDoubles(reading);
  return reading.faults.length > 0 ? { faults: reading.faults } : { documents: reading.documents };
}

function readMapping(file: FolderFile, kind: ConfigurationKind, schema: z.ZodType, reading: Reading): void {
  const yaml = new YamlFile(file.path, file.text);
  const entries = yaml.mapping(reading.faults);
  for (const [key, value] of Object.entries(entries)) {
    if (!keySchema.safeParse(key).success) {
      yaml.report([key], "is not a key: letters, digits, '.', '_' and '-'", reading.faults);
      continue;
    }
    const faultsBefore = reading.faults.length;
    const report = (path: string[], message: string) => yaml.report([key, ...path], message, reading.faults);
    const body = kind === "integration" ? withSecrets(value, reading.secretOf, report) : value;
    const document = yaml.parse(schema, body, [key], reading.faults);
    if (reading.faults.length === faultsBefore) reading.documents.push({ kind, key, file: file.path, document });
  }
}

function readWorkflow(file: FolderFile, reading: Reading): void {
  const key = basename(file.path).replace(/\.ya?ml$/, "");
  if (!keySchema.safeParse(key).success) {
    reading.faults.push({
      file: file.path,
      message: "has a name that is not a key: letters, digits, '.', '_' and '-'",
    });
    return;
  }
  const yaml = new YamlFile(file.path, file.text);
  const faultsBefore = reading.faults.length;
  const body = yaml.mapping(reading.faults);
  if (reading.faults.length > faultsBefore) return;
  const document = yaml.parse(workflowBodySchema, body, [], reading.faults);
  if (reading.faults.length === faultsBefore)
    reading.documents.push({ kind: "workflow", key, file: file.path, document });
}

/** Fields that become one line: the end of the file's last line is none of theirs. */
const lineFields = new Set(["subject", "title"]);

function readTemplate(key: string, files: readonly FolderFile[], reading: Reading): void {
  const folder = join("templates", key);
  const body: Record<string, Record<string, string>> = {};
  for (const file of files) {
    const [, channel, field] = /^([a-z_]+)\.([a-z]+)\.handlebars$/.exec(basename(file.path)) ?? [];
    if (channel === undefined || field === undefined) {
      reading.faults.push({
        file: file.path,
        message: "is not named <channel>.<field>.handlebars, as in email.subject.handlebars",
      });
      continue;
    }
    body[channel] = { ...body[channel], [field]: lineFields.has(field) ? file.text.replace(/\r?\n$/, "") : file.text };
  }
  if (!keySchema.safeParse(key).success) {
    reading.faults.push({ file: folder, message: "has a name that is not a key: letters, digits, '.', '_' and '-'" });
    return;
  }
  const parsed = templateBodySchema.safeParse(body);
  if (parsed.success) reading.documents.push({ kind: "template", key, file: folder, document: parsed.data });
  for (const issue of parsed.error?.issues ?? []) {
    const [channel, field] = issue.path.map(String);
    const file = files.find(({ path }) => basename(path) === `${channel}.${field}.handlebars`)?.path ?? folder;
    reading.faults.push({ file, message: [...issue.path.map(String), issue.message].join(" ") });
  }
}

/** Such as `categories.yaml` beside `categories.yml`. */
function reportDoubles({ documents, faults }: Reading): void {
  const seen = new Map<string, string>();
  for (const { kind, key, file } of documents) {
    const first = seen.get(`${kind} ${key}`);
    if (first !== undefined) faults.push({ file, message: `has ${kind} ${key}, as ${first} has` });
    seen.set(`${kind} ${key}`, file);
  }
}
