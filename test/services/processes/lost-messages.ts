import type { MessageView } from "@tidings/contract/messages";

/* Messages whose process was taken for gone while they were under way. */

export const isSettled = ({ state }: MessageView): boolean => state === "sent" || state === "unknown";

export const isLost = ({ attempts }: MessageView): boolean => attempts.some(({ code }) => code === "process_lost");

/** When others had resolved the last of them. */
export function resolvedAt(lost: readonly MessageView[]): number {
  const attempts = lost.flatMap((message) => message.attempts).filter(({ code }) => code === "process_lost");
  return Math.max(...attempts.map(({ finishedAt, startedAt }) => Date.parse(finishedAt ?? startedAt)));
}

export const stateOf = ({ id, state }: MessageView) => [id, state];
