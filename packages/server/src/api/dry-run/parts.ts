import type { ApiDependencies } from "../dependencies.ts";

export type DryRunParts = Pick<
  ApiDependencies,
  "configuration" | "store" | "keyring" | "templates" | "clock" | "dryRun" | "histories"
>;
