import type { Fault } from "@tidings/contract/errors";
import type { z } from "zod";
import type { FolderFault, Place } from "./fault.ts";
import { hintFor, valueAt } from "./hints.ts";
import { partsOf } from "./path-parts.ts";

interface Checked {
  schema: z.ZodType;
  value: unknown;
  /** Path at which the value stands in its file. */
  prefix?: string;
}

export const isUnknown = ({ message }: Fault): boolean => message === "is not known here";

/** A fault of the contract's schema as one of the folder, with what may have been meant. */
export function shapeFault(place: Place, fault: Fault, { schema, value, prefix = "" }: Checked): FolderFault {
  const parts = partsOf(fault.path);
  const hint = hintFor(schema, value, parts);
  const path = prefix === "" ? fault.path : `${prefix}${/^(\[|$)/.test(fault.path) ? "" : "."}${fault.path}`;
  // The schema library says of it which type, or which of the words, was expected.
  const isMissing = parts.length > 0 && fault.message.startsWith("Invalid") && valueAt(value, parts) === undefined;
  const message = isMissing ? "is missing" : fault.message;
  return { ...place, path, message, ...(hint === undefined ? {} : { hint }) };
}
