import { categoryBodySchema } from "@tidings/contract/categories";
import { hasSecrets } from "@tidings/contract/configuration";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { policyBodySchema } from "@tidings/contract/policies";
import { segmentBodySchema } from "@tidings/contract/segments";
import { sourceBodySchema } from "@tidings/contract/sources";
import { tenantBodySchema } from "@tidings/contract/tenants";
import type { z } from "zod";
import { type FolderFile, textOf } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { type FolderDocument, isKey, keyRule, type Reading } from "./reading.ts";
import { withSecrets } from "./secrets.ts";
import { YamlFile } from "./yaml-file.ts";

type MappedKind = "category" | "integration" | "source" | "tenant" | "policy" | "segment";

const schemas: Readonly<Record<MappedKind, z.ZodType>> = {
  category: categoryBodySchema,
  integration: integrationBodySchema,
  source: sourceBodySchema,
  tenant: tenantBodySchema,
  policy: policyBodySchema,
  segment: segmentBodySchema,
};

/** A file that maps keys to bodies. `environment` is empty where it is of all. */
export function readMapping(kind: MappedKind, environment: string, file: FolderFile, reading: Reading): void {
  const { faults } = reading;
  const text = textOf(file, faults);
  if (text === undefined) return;
  const yaml = new YamlFile(file.path, text);
  for (const [key, value] of Object.entries(yaml.mapping(faults) ?? {})) {
    if (!isKey(key)) {
      faults.push({ ...yaml.placeOf([key], "key"), path: key, message: `is not a key: ${keyRule}` });
      continue;
    }
    const faultsBefore = faults.length;
    const { body, secretNames } = hasSecrets(kind) ? opened(value, key, environment, yaml, reading) : { body: value };
    const document = yaml.parse(schemas[kind], body, [key], faults);
    if (faults.length > faultsBefore) continue;
    const placeOf: FolderDocument["placeOf"] = (path) =>
      yaml.placeOf([key, ...partsOf(path)], path === "" ? "key" : "value");
    const read = { kind, key, file: file.path, document, placeOf, ...(secretNames ? { secretNames } : {}) };
    if (environment === "") reading.documents.push(read);
    else reading.ofEnvironments.push({ environment, document: read });
  }
}

/** Secrets of another environment than the one that is read for need not be here. */
function opened(value: unknown, key: string, environment: string, yaml: YamlFile, reading: Reading) {
  const isAsked = environment === "" || environment === reading.environment;
  return withSecrets(value, isAsked ? reading.secretOf : undefined, (path, message, hint) =>
    yaml.report([key, ...path], message, reading.faults, hint),
  );
}
