import type { DocumentKind } from "@tidings/contract/configuration";
import { keySchema } from "@tidings/contract/text";
import type { FolderFault, Place } from "./fault.ts";

export interface FolderDocument {
  kind: DocumentKind;
  key: string;
  /** The file that it was written in, or the folder of them. */
  file: string;
  /** As the contract's schema parsed it; an integration's or a source's with its secrets in clear, where they were looked up. */
  document: unknown;
  /** Names of its secrets. */
  secretNames?: readonly string[];
  /** Where a value was written, by a path as in `steps[0].channel`, and a line in its text; all of it by an empty path. */
  placeOf(path: string, line?: number): Place;
}

/** Facts to render a template with before anything was sent. */
export interface Sample {
  data?: Record<string, unknown> | undefined;
  recipient?: Record<string, unknown> | undefined;
  tenant?: Record<string, unknown> | undefined;
}

/** What has been read of a folder so far. */
export interface Reading {
  documents: FolderDocument[];
  /** Integrations and sources of one environment, by its name: they replace those of all. */
  ofEnvironments: { environment: string; document: FolderDocument }[];
  samples: Map<string, Sample>;
  faults: FolderFault[];
  secretOf: ((name: string) => string | undefined) | undefined;
  /** Environment that the folder is read for. */
  environment: string | undefined;
}

export const keyRule = "letters, digits, '.', '_' and '-'";

export const isKey = (name: string): boolean => keySchema.safeParse(name).success;
