import type { DryRunGap } from "@tidings/contract/dry-runs";

/** What no dry run weighs, in words. */
export const gapTexts: Readonly<Record<DryRunGap, string>> = {
  collapse_key:
    "Whether a newer message takes the place of one that waits, or one of these takes another's, is not weighed",
  ordering_key: "How long messages wait for those of their ordering key that are in front of them is not weighed",
  digest_window:
    "Whether others have opened or join a digest, and so until when it gathers, is not weighed: each is taken to open when the first comes to it",
};
