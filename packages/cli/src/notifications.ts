import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { FolderFault } from "@tidings/folder/fault";
import { readFolder } from "@tidings/folder/read-folder";
import type { FolderDocument, Sample } from "@tidings/folder/reading";
import type { Context } from "./command.ts";
import type { Outcome } from "./exit-codes.ts";
import { Failure, type Place, usage } from "./failure.ts";
import { folderLimits } from "./folder-limits.ts";

export const folderArgument = {
  name: "folder",
  summary: "The notifications folder; else TIDINGS_NOTIFICATIONS_DIR, or ./notifications",
  optional: true,
} as const;

/** The folder that is meant, whether or not it is there. */
export function folderOf({ cwd, env }: Context, given: string | undefined): string {
  return resolve(cwd, given ?? (env["TIDINGS_NOTIFICATIONS_DIR"] || "./notifications"));
}

export function requireFolder(root: string): void {
  if (!existsSync(root)) throw usage(`there is no folder ${root}`, "tidings pull makes one of what the server has");
}

export interface ReadDocuments {
  documents: FolderDocument[];
  samples: ReadonlyMap<string, Sample>;
}

interface ReadOptions {
  /** Whose integrations are read. */
  environment?: string;
  /** Whether secrets are looked up in the environment's variables, or only checked to be names. */
  secrets: boolean;
  /** How a fault ends the command. */
  outcome: Outcome;
}

/** All documents of the folder; fails with the place of every fault. */
export async function readDocuments(context: Context, root: string, options: ReadOptions): Promise<ReadDocuments> {
  const { environment, secrets, outcome } = options;
  const read = await readFolder(root, {
    limits: folderLimits,
    ...(secrets ? { secretOf: (name) => context.env[name] } : {}),
    ...(environment === undefined ? {} : { environment }),
  });
  if ("faults" in read) throw folderFailure(read.faults, root, context.cwd, outcome);
  return read;
}

export function folderFailure(faults: readonly FolderFault[], root: string, cwd: string, outcome: Outcome): Failure {
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  return new Failure(outcome, `the notifications folder has ${count}`, {
    places: faults.map((fault) => placeOf(fault, root, cwd)),
    hint: "Nothing was written",
  });
}

/** From where the command was called, so that editors and terminals find the file. */
function placeOf({ file, line, column, path, message, hint }: FolderFault, root: string, cwd: string): Place {
  const shown = file === "" ? "" : `${relative(cwd, resolve(root, file))}:${line}:${column}:`;
  return { at: shown, message: path === "" ? message : `${path} ${message}`, hint };
}
