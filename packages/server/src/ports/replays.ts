import type { ReplayPreview } from "@tidings/contract/replays";
import type { Selection } from "../domain/replay-selection.ts";

/** Tells what a replay would come to, and writes nothing. */
export interface ReplayPreviews {
  preview(environmentId: number, selection: Selection): Promise<ReplayPreview>;
}
