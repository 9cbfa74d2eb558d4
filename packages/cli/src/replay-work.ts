import type { ReplayView } from "@tidings/client";
import { replayLines } from "./replay-lines.ts";
import type { Work } from "./work.ts";

/** Of one over a stretch of time the bar is of that, as nobody knows how many events there will be. */
export const replayWork: Work<ReplayView> = {
  noun: "replay",
  path: "/v1/events/replays",
  counts: "events replayed",
  columns: ["ID", "STATE", "SINCE", "EVENTS"],
  calls: (api) => api.replays,
  row: ({ id, state, createdAt, names, events }) => [id, state, createdAt, names?.join(" ") ?? `${events} named`],
  lines: replayLines,
  measure: ({ progress }) =>
    progress === undefined ? undefined : { done: progress.replayed, total: expected(progress) },
  isUnderWay: ({ state }) => state === "running",
  canceledText: ({ events, runs, messages }) => `${events} events, ${runs} runs and ${messages} messages canceled`,
};

function expected({ total, replayed, part }: NonNullable<ReplayView["progress"]>): number | undefined {
  return total ?? (part > 0 ? Math.round(replayed / part) : undefined);
}
