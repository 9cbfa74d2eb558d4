import { repeat } from "../../lib/repeat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SourceRecord, TakeRecords } from "../../ports/event-source.ts";

/**
 * Has records settled, however long that takes, and says meanwhile that this member lives. Gives what the group said against it, where
 * they were settled all the same; rejects with that where they were not: whoever has the partition then reads them again.
 */
export async function takeAlive(
  records: readonly SourceRecord[],
  on: {
    take: TakeRecords;
    clock: Clock;
    heartbeat: () => Promise<void>;
    heartbeatMs: number;
    /** Aborted where this member is to end. */
    ending: AbortSignal;
  },
): Promise<unknown> {
  const lost = new AbortController();
  const beat = repeat(on.clock, on.heartbeatMs, () =>
    on.heartbeat().catch((error: unknown) => {
      lost.abort(error);
    }),
  );
  try {
    await on.take(records, AbortSignal.any([lost.signal, on.ending]));
  } finally {
    beat.cancel();
  }
  return lost.signal.aborted ? lost.signal.reason : undefined;
}
