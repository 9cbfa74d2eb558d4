import { basename } from "node:path";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { fileFault } from "./fault.ts";
import type { FolderFile } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { YamlFile } from "./yaml-file.ts";

/** workflows/<key>.yaml. */
export function readWorkflow(file: FolderFile, text: string, { documents, faults }: Reading): void {
  const key = basename(file.path).replace(/\.ya?ml$/, "");
  if (!isKey(key)) {
    faults.push(fileFault(file.path, `has a name that is not a key: ${keyRule}`));
    return;
  }
  const yaml = new YamlFile(file.path, text);
  const body = yaml.mapping(faults);
  if (body === undefined) return;
  const faultsBefore = faults.length;
  const document = yaml.parse(workflowBodySchema, body, [], faults);
  if (faults.length > faultsBefore) return;
  const placeOf = (path: string) => yaml.placeOf(partsOf(path));
  documents.push({ kind: "workflow", key, file: file.path, document, placeOf });
}
