import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { ConfigurationRow, DocumentSet } from "../ports/store/configuration.ts";

/** A document that is written by itself. */
export interface OneDocument {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
  /** Version that has to be current. */
  expected: number | undefined;
}

/** The document as it is now. */
export interface WrittenDocument {
  row: ConfigurationRow;
  /** Documents that use it and were not checked, as they are too many. */
  unchecked: number;
}

/** What the store is to expect of the document. */
export function expectation({ kind, key, expected }: OneDocument): DocumentSet["expected"] {
  return expected === undefined ? [] : [{ kind, key, version: expected }];
}
