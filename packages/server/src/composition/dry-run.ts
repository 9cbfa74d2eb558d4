import { DryRun } from "../pipeline/orchestrate/dry-run/dry-run.ts";
import { orchestrateLimits } from "./orchestrate.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** Dry runs, by the rules and limits of the orchestrate stage. */
export function createDryRun(parts: PipelineParts): DryRun {
  return new DryRun({ ...parts, lookBack: parts.configuration, limits: orchestrateLimits(parts.config) });
}
