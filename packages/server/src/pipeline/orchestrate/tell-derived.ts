import { depthReason, limitReason } from "../../domain/descent.ts";
import { queueItem } from "../../ports/queue.ts";
import type { EventTurn, RunTurn, TurnWritten } from "../../ports/store/orchestrate.ts";
import type { Span } from "../../ports/tracer.ts";
import type { OrchestrateDependencies } from "./ports.ts";

interface Committed {
  turn: Pick<EventTurn | RunTurn, "events" | "derived" | "decisions">;
  span?: Span;
}

/** Hands on the events that a committed turn has sent, and says where workflows start each other without end. */
export function tellDerived(
  { queue, onRunaway }: Pick<OrchestrateDependencies, "queue" | "onRunaway">,
  { turn, span }: Committed,
  { dropped, unsent = [], isLimited }: TurnWritten,
): void {
  if (turn.derived === undefined) return;
  const { environmentId, root } = turn.derived;
  for (const { id, runId, lane, trace } of turn.events ?? [])
    if (!dropped.includes(runId) && !unsent.includes(id))
      queue.publish(`events.${lane}`, [queueItem(id, span?.trace ?? trace)]);
  if (turn.decisions.some(({ reason }) => reason === depthReason)) onRunaway(environmentId, root, depthReason);
  if (isLimited === true) onRunaway(environmentId, root, limitReason);
}
