import type { ConfigurationFault } from "@tidings/contract/configuration";
import type { Fault } from "@tidings/contract/errors";
import { type FolderFault, startOf } from "./fault.ts";
import type { FolderDocument } from "./reading.ts";

/** Faults that a server's check gives, at the places where they were written. */
export function checkedFaults(
  documents: readonly FolderDocument[],
  faults: readonly ConfigurationFault[],
): FolderFault[] {
  return faults.map(({ kind, key, path, message, line }) => {
    const document = documents.find((each) => each.kind === kind && each.key === key);
    const place = document?.placeOf(path, line) ?? startOf("");
    return { ...place, path, message: document === undefined ? `${kind} ${key}: ${message}` : message };
  });
}

/** Faults of a set that was refused: paths as in `documents[3].document.steps[0].template`, texts as in `line 3: …`. */
export function placedFaults(documents: readonly FolderDocument[], faults: readonly Fault[]): FolderFault[] {
  return faults.map(({ path: given, message: text, line }) => {
    const [, index, rest = ""] = /^documents\[(\d+)\](?:\.document)?\.?(.*)$/.exec(given) ?? [];
    const document = index === undefined ? undefined : documents[Number(index)];
    const message = text.replace(/^line \d+: /, "");
    if (document === undefined) return { ...startOf(""), path: given, message: text };
    return { ...document.placeOf(rest, line), path: rest, message };
  });
}
