import { DryRun } from "../pipeline/orchestrate/dry-run/dry-run.ts";
import { History } from "../pipeline/orchestrate/dry-run/history.ts";
import { WholeDryRun } from "../pipeline/orchestrate/dry-run/whole-dry-run.ts";
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
  const { orchestrate } = parts.config;
  const previewLimits = {
    replayLookedMax: orchestrate.replayLookedMax,
    previewMs: orchestrate.replayPreviewMs,
    previewWeighedMax: orchestrate.replayPreviewWeighedMax,
    previewRecipientsMax: orchestrate.replayPreviewRecipientsMax,
  };
  return {
    dryRun: new WholeDryRun({ ...parts, dryRun, limits: orchestrate }),
    replayPreviews: new Preview({ ...parts, dryRun, limits: previewLimits }),
    histories: new History({ ...parts, dryRun, limits: orchestrate }),
  };
}
