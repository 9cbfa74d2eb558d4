import { DryRun } from "../pipeline/orchestrate/dry-run/dry-run.ts";
import { History } from "../pipeline/orchestrate/dry-run/history.ts";
import { Preview } from "../pipeline/orchestrate/replay/preview.ts";
import type { DryRuns } from "../ports/dry-run.ts";
import type { Histories } from "../ports/histories.ts";
import type { ReplayPreviews } from "../ports/replays.ts";
import { orchestrateLimits } from "./orchestrate.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** Dry runs, by the rules and limits of the orchestrate stage, and what is told by them. */
export function createDryRuns(parts: PipelineParts): {
  dryRun: DryRuns;
  replayPreviews: ReplayPreviews;
  histories: Histories;
} {
  const dryRun = new DryRun({ ...parts, lookBack: parts.configuration, limits: orchestrateLimits(parts.config) });
  const { replayLookedMax, replayPreviewMs, replayPreviewWeighedMax } = parts.config.orchestrate;
  const limits = { replayLookedMax, previewMs: replayPreviewMs, previewWeighedMax: replayPreviewWeighedMax };
  const replayPreviews = new Preview({ ...parts, dryRun, limits });
  return { dryRun, replayPreviews, histories: new History({ ...parts, dryRun, limits: parts.config.orchestrate }) };
}
