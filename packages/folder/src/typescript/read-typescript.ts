import { realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { faultsOf } from "@tidings/contract/faults";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { type FolderFault, fileFault, type Place } from "../fault.ts";
import { type FolderFile, textOf } from "../list-files.ts";
import { partsOf } from "../path-parts.ts";
import { isKey, keyRule, type Reading } from "../reading.ts";
import { isUnknown, shapeFault } from "../shape-fault.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { offsetInLiteral } from "./literal-places.ts";
import { Runner, type RunOutcome, type TypeScriptLimits } from "./runner.ts";
import { placeInStack, wrapper } from "./stack-place.ts";

/**
 * workflows/<key>.ts: `export default workflow({…})`. The code is the application's own and runs with its rights, in a
 * process beside this one; it is read from the folder alone and never taken from a request.
 */
export async function readTypeScript(
  folder: string,
  files: readonly FolderFile[],
  limits: TypeScriptLimits,
  reading: Reading,
): Promise<void> {
  if (files.length === 0) return;
  const root = await realpath(folder);
  const runner = new Runner(limits);
  try {
    for (const file of files) await readOne(root, file, runner, reading);
  } finally {
    runner.close();
  }
}

async function readOne(root: string, file: FolderFile, runner: Runner, { documents, faults }: Reading): Promise<void> {
  const key = basename(file.path, ".ts");
  const text = textOf(file, faults);
  if (text === undefined) return;
  if (!isKey(key)) {
    faults.push(fileFault(file.path, `has a name that is not a key: ${keyRule}`));
    return;
  }
  const bundled = await bundle(root, file.path);
  if ("faults" in bundled) {
    faults.push(...bundled.faults);
    return;
  }
  const script = join(root, file.path);
  const outcome = await runner.run({ file: script, script: `${wrapper}${bundled.code}\n}` });
  if (!("json" in outcome)) {
    faults.push(runFault(outcome, bundled, root, file.path));
    return;
  }
  const place = (path: string, part?: "key"): Place =>
    placeAt(file.path, text, offsetInLiteral(text, partsOf(path), part));
  const placeOf = (path: string): Place => place(path);
  if (outcome.json === null) {
    faults.push(fileFault(file.path, "exports no workflow", "end it with `export default workflow({ … })`"));
    return;
  }
  const value: unknown = JSON.parse(outcome.json);
  const parsed = workflowBodySchema.safeParse(value);
  if (parsed.success) documents.push({ kind: "workflow", key, file: file.path, document: parsed.data, placeOf });
  for (const fault of parsed.success ? [] : faultsOf(parsed.error)) {
    faults.push(
      shapeFault(place(fault.path, isUnknown(fault) ? "key" : undefined), fault, { schema: workflowBodySchema, value }),
    );
  }
}

function runFault(
  outcome: Exclude<RunOutcome, { json: string | null }>,
  { map }: Bundle,
  root: string,
  file: string,
): FolderFault {
  if ("ended" in outcome) {
    return outcome.ended === "hung"
      ? fileFault(file, "does not end", "a definition is made at once, without waiting for anything")
      : fileFault(file, "ended the process that reads it", "it must neither exit nor need much memory");
  }
  const place = placeInStack(outcome.stack, join(root, file), map, root, file);
  return { ...place, path: "", message: `throws: ${outcome.error}` };
}

function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
