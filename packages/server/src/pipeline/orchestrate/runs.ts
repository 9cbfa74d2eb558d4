import type { Lane } from "@tidings/contract/words";
import { carriedTrace } from "../../domain/trace-context.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { RunRecord, RunTurn, TurnResult } from "../../ports/store/orchestrate.ts";
import { Departures } from "./departures.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import { type RecentInSight, recentOfRuns } from "./recent-in-sight.ts";
import { deadRunTurn, type PlannedRunTurn, planRunTurn } from "./run-turn.ts";
import { tellDerived } from "./tell-derived.ts";
import { adopt, beginTurn, carriedTraces, endTurn } from "./turn-spans.ts";

/** How often windows and waits are read anew in one call; what was overtaken more often stays due. */
const overtakenMax = 20;

/** Takes runs whose time has come one turn further; a run that is due at once again goes on in the same call. `onEffect` is told where one came to an effect. */
export async function handleRuns(
  items: readonly QueueItem[],
  lane: Lane,
  on: OrchestrateDependencies,
  onEffect: () => void,
): Promise<void> {
  const traces = carriedTraces(on.tracer, items);
  let overtaken = 0;
  let ids: readonly string[] = items.map((item) => item.id);
  while (ids.length > 0) {
    const records = await on.store.loadRuns({ ids, lane });
    const now = on.clock.now();
    const due = records.filter((record) => record.effect === null && record.dueAt <= now);
    const services = { ...on, recent: await recentOfRuns(due, lane, on) };
    const planned = await Promise.all(due.map((record) => plan(record, lane, now, traces?.get(record.id), services)));
    if (planned.length === 0) return;
    const results = await commit(planned, on);
    const again: string[] = [];
    for (const [index, one] of planned.entries()) {
      const { turn, span } = one;
      const result = results[index];
      if (span !== undefined) endTurn(span, turn, result?.status === "committed");
      if (result?.status !== "committed") {
        if (isOvertakable(turn) && overtaken < overtakenMax) again.push(turn.runId);
        continue;
      }
      tellDerived(on, one, result);
      const isFound = result.found !== undefined;
      if (turn.progress.kind === "wait" && (isFound || turn.progress.dueAt <= now)) again.push(turn.runId);
      if (turn.progress.kind === "effect") onEffect();
    }
    if (planned.some(({ turn }, index) => isOvertakable(turn) && results[index]?.status === "lost")) overtaken += 1;
    ids = again;
  }
}

/** Somebody may join or leave the window that a run closes, or what it waits for arrives, beside its turn. */
function isOvertakable({ window, arrivedEventId }: RunTurn): boolean {
  return window !== null || arrivedEventId !== undefined;
}

async function plan(
  record: RunRecord,
  lane: Lane,
  now: number,
  carried: string | undefined,
  on: OrchestrateDependencies & { recent: RecentInSight | undefined },
): Promise<PlannedRunTurn> {
  const trace = on.tracer === undefined ? null : carriedTrace(carried, record.event.trace);
  const span = beginTurn(on.tracer, "runs", lane, trace, record.id, { "tidings.workflow": record.workflow });
  let planned: PlannedRunTurn;
  try {
    planned = await planRunTurn(record, now, on);
  } catch (error) {
    on.onFault("run", record.id, error);
    planned = deadRunTurn(record, now, error instanceof Error ? error.name : "unknown fault");
  }
  if (span !== undefined) adopt(planned, span);
  return planned;
}

/** Those that close a window apart from the others, as the store wants it. */
async function commit(planned: readonly PlannedRunTurn[], on: OrchestrateDependencies): Promise<TurnResult[]> {
  const results = new Map<PlannedRunTurn, TurnResult>();
  const closing = planned.filter(({ turn }) => turn.window !== null);
  const others = planned.filter(({ turn }) => turn.window === null);
  for (const part of [others, closing]) if (part.length > 0) await commitPart(part, on, results);
  return planned.map((one) => results.get(one) ?? { status: "lost" });
}

async function commitPart(
  planned: readonly PlannedRunTurn[],
  on: OrchestrateDependencies,
  results: Map<PlannedRunTurn, TurnResult>,
): Promise<void> {
  const departures = new Departures(on, planned);
  try {
    const committed = await on.store.commitRuns({ turns: planned.map(({ turn }) => turn) });
    departures.depart(committed.map((result) => (result.status === "committed" ? result : undefined)));
    for (const [index, one] of planned.entries()) results.set(one, committed[index] ?? { status: "lost" });
  } catch (error) {
    departures.giveUp();
    throw error;
  }
}
