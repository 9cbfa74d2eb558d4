import { z } from "zod";
import type { Arrival } from "../../ports/store/waits.ts";

/** Events that are remembered of a key: a run that comes to wait finds the first that counts for it, unless so many came after it. */
const remembered = 16;

/** The latest that have arrived under a key, and when, earliest first: as it is stored. */
const recentSchema = z.array(z.tuple([z.string(), z.number()]));
export type Recent = z.infer<typeof recentSchema>;

export const noneRecent = "[]";

export function recentOf(text: string): Recent {
  return recentSchema.parse(JSON.parse(text));
}

export function foldArrival(recent: Recent, { eventId, at }: Pick<Arrival, "eventId" | "at">): Recent {
  if (recent.some(([id]) => id === eventId)) return recent;
  const all: Recent = [...recent, [eventId, at]];
  return all.sort(([a, atA], [b, atB]) => atA - atB || (a < b ? -1 : 1)).slice(-remembered);
}

/** The first that a run waits for: not before it began to count, nor after its time, and never its own event. */
export function firstFor(recent: Recent, run: { since: number; dueAt: number; eventId: string }): string | undefined {
  return recent.find(([id, at]) => id !== run.eventId && run.since <= at && at <= run.dueAt)?.[0];
}
