import type { ConfigurationFault } from "@tidings/contract/configuration";
import type { Fault } from "@tidings/contract/errors";
import type { GivenSet } from "./prepared-set.ts";

/** The line stands apart here, where a message of its own says it too. */
export function withoutLine(fault: ConfigurationFault): ConfigurationFault {
  return { ...fault, message: fault.message.replace(/^line \d+: /, "") };
}

/** A fault by its path in the request, as in `documents[3].document.steps[0].template`. */
export function faultInSet({ documents, delete: deletes = [] }: GivenSet) {
  return (fault: ConfigurationFault): Fault => {
    const isIt = ({ kind, key }: { kind: string; key: string }) => kind === fault.kind && key === fault.key;
    const written = documents.findIndex(isIt);
    const place = written < 0 ? `delete[${deletes.findIndex(isIt)}]` : `documents[${written}].document`;
    const path = fault.path === "" || fault.path.startsWith("[") ? `${place}${fault.path}` : `${place}.${fault.path}`;
    const { message, line } = fault;
    return { path, message, ...(line === undefined ? {} : { line }) };
  };
}
