import { workflowBodySchema } from "@tidings/contract/workflows";
import { fileFault } from "./fault.ts";
import { type FolderFile, textOf } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { YamlFile } from "./yaml-file.ts";

/** workflows/<key>.yaml. */
export function readWorkflow(key: string, file: FolderFile, { documents, faults }: Reading): void {
  const text = textOf(file, faults);
  if (text === undefined) return;
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
  documents.push({ kind: "workflow", key, file: file.path, document, placeOf: (path) => yaml.placeOf(partsOf(path)) });
}
