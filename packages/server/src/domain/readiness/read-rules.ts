import type { Finding } from "@tidings/contract/readiness";
import type { Rule } from "./facts.ts";

/** Where several processes read it, it is enough that one of them cannot. */
export const readFailing: Rule = ({ reads }) => {
  const found = new Map<string, Finding>();
  for (const { kind, key, state, code, since } of reads) {
    if (state !== "failing") continue;
    const why = code === undefined ? "" : ` (${code})`;
    const finding: Finding =
      kind === "source"
        ? {
            severity: "error",
            code: "source_failing",
            source: key,
            text: `source ${key} cannot be read${why} since ${since}`,
          }
        : {
            severity: "error",
            code: "mailbox_failing",
            integration: key,
            channel: "email",
            text: `the mailbox of ${key} cannot be read${why} since ${since}: its bounces and complaints are not heard`,
          };
    found.set(`${kind} ${key}`, finding);
  }
  return [...found.values()];
};
