import { faultsOf } from "@tidings/contract/faults";
import { partialBodySchema } from "@tidings/contract/partials";
import { DocumentSources } from "./document-sources.ts";
import { fileFault } from "./fault.ts";
import { type FolderFile, textOf } from "./list-files.ts";
import { partsOf } from "./path-parts.ts";
import { isKey, keyRule, type Reading } from "./reading.ts";
import { shapeFault } from "./shape-fault.ts";

/** partials/<key>.html.handlebars and partials/<key>.text.handlebars. */
export function readPartial(key: string, files: readonly FolderFile[], { documents, faults }: Reading): void {
  const faultsBefore = faults.length;
  const body: Record<string, string> = {};
  const sources = new DocumentSources(`partials/${key}`);
  for (const file of files) {
    const text = textOf(file, faults);
    const field = file.path.endsWith(".html.handlebars") ? "html" : "text";
    if (text === undefined) continue;
    body[field] = text;
    sources.addFile([field], file.path);
  }
  const file = files[0]?.path ?? `partials/${key}`;
  if (!isKey(key)) faults.push(fileFault(file, `has a name that is not a key: ${keyRule}`));
  if (faults.length > faultsBefore) return;
  const placeOf = (path: string, line?: number) => sources.placeOf(partsOf(path), line);
  const parsed = partialBodySchema.safeParse(body);
  if (parsed.success) documents.push({ kind: "partial", key, file, document: parsed.data, placeOf });
  for (const fault of parsed.success ? [] : faultsOf(parsed.error)) {
    faults.push(shapeFault(placeOf(fault.path), fault, { schema: partialBodySchema, value: body }));
  }
}
