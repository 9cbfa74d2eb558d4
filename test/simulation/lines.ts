import type { Totals } from "./runner.ts";

/** What a worker writes, one line of JSON each. */
export type WorkerLine =
  | { kind: "progress"; totals: Totals }
  | { kind: "failure"; seed: number; invariants: string[]; report: string }
  | { kind: "trace"; trace: readonly string[] }
  | { kind: "done"; totals: Totals };
