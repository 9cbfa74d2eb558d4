import type { DeadLetterView, Replayed } from "@tidings/contract/dead-letters";
import type { Context } from "./command.ts";
import { Progress } from "./progress.ts";

/** Ids that one call takes; smaller than the API's limit, so that the bar moves. */
const callIdsMax = 200;

/** Replays in calls of a bounded size. Where one fails, what went before it is done, and its error says so. */
export async function replayIds(context: Context, ids: readonly string[]): Promise<Replayed> {
  const api = context.api();
  const progress = new Progress(context.terminal, "replaying", ids.length);
  const total: Replayed = { replayed: 0, expired: 0 };
  try {
    for (let at = 0; at < ids.length; at += callIdsMax) {
      const part = ids.slice(at, at + callIdsMax);
      add(total, await api.deadLetters.replay({ ids: part }, { signal: context.signal }));
      progress.to(at + part.length);
    }
    return total;
  } finally {
    progress.end();
  }
}

/**
 * Goes through the list from its newest to its oldest, so that what fails again, and is newest then, is not met a second
 * time. One part of the list is in memory at a time.
 */
export async function replayByFilter(context: Context, fits: (letter: DeadLetterView) => boolean): Promise<Replayed> {
  const { terminal, signal } = context;
  const api = context.api();
  const progress = new Progress(terminal, "replayed");
  const total: Replayed = { replayed: 0, expired: 0 };
  let part: string[] = [];
  const flush = async () => {
    if (part.length === 0) return;
    add(total, await api.deadLetters.replay({ ids: part }, { signal }));
    part = [];
    progress.to(total.replayed + total.expired);
  };
  try {
    for await (const letter of api.deadLetters.list({ limit: 100 }, { signal })) {
      if (fits(letter)) part.push(letter.id);
      if (part.length >= callIdsMax) await flush();
    }
    await flush();
    return total;
  } finally {
    progress.end();
  }
}

function add(total: Replayed, { replayed, expired, refused }: Replayed): void {
  total.replayed += replayed;
  total.expired += expired;
  if (refused !== undefined) total.refused = (total.refused ?? 0) + refused;
}
