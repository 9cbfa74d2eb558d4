import type { ConfigurationKind } from "@tidings/contract/configuration";
import { keySchema } from "@tidings/contract/text";
import type { FolderFault, Place } from "./fault.ts";

export interface FolderDocument {
  kind: ConfigurationKind;
  key: string;
  /** The file that it was written in, or the first of them. */
  file: string;
  /** As the contract's schema parsed it; an integration's with its secrets in clear. */
  document: unknown;
  /** Where a value of the document was written, by a path as in `steps[0].channel`; the document itself by an empty one. */
  placeOf(path: string): Place;
}

/** What has been read of a folder so far. */
export interface Reading {
  documents: FolderDocument[];
  faults: FolderFault[];
  secretOf: (name: string) => string | undefined;
}

export const keyRule = "letters, digits, '.', '_' and '-'";

export const isKey = (name: string): boolean => keySchema.safeParse(name).success;
