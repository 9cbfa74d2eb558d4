import type { ReplayProgress, ReplayState } from "@tidings/contract/replays";
import type { EventState } from "@tidings/contract/words";
import { rateOf } from "./campaign-progress.ts";
import { skipTexts } from "./replay-skip.ts";

export const replayedMetric = "replayed";
export const selectedMetric = "selected";
/** In front of the reason why something was skipped. */
export const skipPrefix = "skipped:";

interface Facts {
  state: ReplayState;
  /** How many were named by their ids; undefined where they are selected by time. */
  named: number | undefined;
  from: number;
  to: number;
  /** When the last event that was looked at came in; null before the first. */
  reachedAt: number | null;
  perSecond: number;
  counts: readonly { metric: string; minute: number; value: number }[];
}

export function replayState(eventState: EventState): ReplayState {
  if (eventState === "accepted") return "running";
  return eventState === "dead" ? "failed" : eventState;
}

export function replayProgress(facts: Facts, now: number): ReplayProgress {
  const sums = new Map(facts.counts.filter(({ minute }) => minute === 0).map(({ metric, value }) => [metric, value]));
  const selected = sums.get(selectedMetric) ?? 0;
  const total = facts.state === "done" ? selected : facts.named;
  const part = partOf(facts, selected);
  const left = facts.state !== "running" || part === 0 ? undefined : (selected / part) * (1 - part);
  const rate = rateOf(facts.counts, now);
  const secondsLeft = left === undefined || rate === 0 ? undefined : Math.ceil(left / Math.min(rate, facts.perSecond));
  return {
    total,
    selected,
    replayed: sums.get(replayedMetric) ?? 0,
    skipped: skippedOf(sums),
    part: Math.round(part * 1000) / 1000,
    ratePerSecond: rate,
    secondsLeft: facts.state === "done" ? 0 : secondsLeft,
  };
}

function partOf({ state, named, from, to, reachedAt }: Facts, selected: number): number {
  if (state === "done") return 1;
  if (named !== undefined) return Math.min(1, selected / named);
  if (reachedAt === null) return 0;
  return Math.min(1, Math.max(0, (reachedAt - from) / (to - from)));
}

function skippedOf(sums: ReadonlyMap<string, number>): ReplayProgress["skipped"] {
  const skipped = Object.entries(skipTexts).flatMap(([reason, text]) => {
    const count = sums.get(skipPrefix + reason) ?? 0;
    return count === 0 ? [] : [{ reason, text, count }];
  });
  return skipped.sort((a, b) => b.count - a.count);
}
