import type { DryRunView } from "@tidings/contract/dry-runs";
import { plain } from "./terminal.ts";

/** Recipients whom a dry run has not come to. */
export function leftOutWords({ recipients, segments }: NonNullable<DryRunView["leftOut"]>, of = ""): string {
  const others = segments.length === 0 ? "" : `, and those of the segments ${segments.map(plain).join(", ")},`;
  return `${recipients} further recipients${of}${others} were not looked at`;
}
