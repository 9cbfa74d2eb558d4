import type { Lane } from "@tidings/contract/words";
import type { QueueItem } from "../../ports/queue.ts";
import type { TurnResult } from "../../ports/store/orchestrate.ts";
import { Departures } from "./departures.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import { deadRunTurn, type PlannedRunTurn, planRunTurn } from "./run-turn.ts";

/** Takes runs whose time has come one turn further; a run that is due at once again goes on in the same call. `onEffect` is told where one came to an effect. */
export async function handleRuns(
  items: readonly QueueItem[],
  lane: Lane,
  on: OrchestrateDependencies,
  onEffect: () => void,
): Promise<void> {
  let ids: readonly string[] = items.map((item) => item.id);
  while (ids.length > 0) {
    const records = await on.store.loadRuns({ ids, lane });
    const now = on.clock.now();
    const due = records.filter((record) => record.effect === null && record.dueAt <= now);
    const planned = await Promise.all(
      due.map(async (record): Promise<PlannedRunTurn> => {
        try {
          return await planRunTurn(record, now, on);
        } catch (error) {
          on.onFault("run", record.id, error);
          return deadRunTurn(record, now, error instanceof Error ? error.name : "unknown fault");
        }
      }),
    );
    if (planned.length === 0) return;
    const results = await commit(planned, on);
    const again: string[] = [];
    for (const [index, { turn }] of planned.entries()) {
      if (results[index]?.status !== "committed") continue;
      if (turn.progress.kind === "wait" && turn.progress.dueAt <= now) again.push(turn.runId);
      if (turn.progress.kind === "effect") onEffect();
    }
    ids = again;
  }
}

async function commit(planned: readonly PlannedRunTurn[], on: OrchestrateDependencies): Promise<TurnResult[]> {
  const departures = new Departures(on, planned);
  try {
    const results = await on.store.commitRuns({ turns: planned.map(({ turn }) => turn) });
    departures.depart(results.map((result) => (result.status === "committed" ? result : undefined)));
    return results;
  } catch (error) {
    departures.giveUp();
    throw error;
  }
}
