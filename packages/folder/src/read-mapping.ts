import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { z } from "zod";
import type { FolderFile } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { withSecrets } from "./secrets.ts";
import { YamlFile } from "./yaml-file.ts";

/** A file that maps keys to bodies. */
export function readMapping(
  file: FolderFile,
  text: string,
  kind: ConfigurationKind,
  schema: z.ZodType,
  { documents, faults, secretOf }: Reading,
): void {
  const yaml = new YamlFile(file.path, text);
  for (const [key, value] of Object.entries(yaml.mapping(faults) ?? {})) {
    if (!isKey(key)) {
      faults.push({ ...yaml.placeOf([key], "key"), path: key, message: `is not a key: ${keyRule}` });
      continue;
    }
    const faultsBefore = faults.length;
    const report = (path: string[], message: string) => yaml.report([key, ...path], message, faults);
    const body = kind === "integration" ? withSecrets(value, secretOf, report) : value;
    const document = yaml.parse(schema, body, [key], faults);
    if (faults.length > faultsBefore) continue;
    const placeOf = (path: string) => yaml.placeOf([key, ...partsOf(path)], path === "" ? "key" : "value");
    documents.push({ kind, key, file: file.path, document, placeOf });
  }
}
