import { type Descent, limitReason } from "../../domain/descent.ts";
import type { DerivedClaim, DerivedEvent } from "../../ports/store/derived.ts";
import type { NewDecision, RunRecord, RunTurn } from "../../ports/store/orchestrate.ts";
import type { OrchestrateLimits } from "./limits.ts";

interface Counted {
  environmentId: number;
  eventId: string;
  now: number;
  descent: Descent | undefined;
  events: readonly DerivedEvent[];
  /** Whom the turn is about. */
  recipients: readonly string[];
  /** Of a turn on a run; a turn on an event is of many. */
  run?: Pick<NewDecision, "runId" | "workflow" | "workflowVersion">;
}

const many = { runId: "", workflow: "", workflowVersion: 0 };

/** What a turn asks of its root; undefined where it neither is of an event that a step has sent, nor sends one. */
export function derivedClaim(
  { environmentId, eventId, now, descent, events, recipients, run = many }: Counted,
  { derived: limits }: Pick<OrchestrateLimits, "derived">,
): DerivedClaim | undefined {
  if (descent === undefined && events.length === 0) return undefined;
  const { root, depth } = descent ?? { root: eventId, depth: 0 };
  return {
    environmentId,
    root,
    countsMessages: descent !== undefined,
    max: limits.perRootMax,
    expiresAt: now + limits.countKeptMs,
    decision: {
      environmentId,
      eventId,
      ...run,
      recipient: recipients.length === 1 ? (recipients[0] ?? "") : "",
      step: "",
      channel: "",
      outcome: "not_sent",
      reason: limitReason,
      rule: "",
      versions: "",
      detail: `root ${root}, depth ${depth}, at most ${limits.perRootMax}`,
      at: now,
    },
  };
}

/** A run's turn with the events that it sends, and counted where its own event, or one of these, was sent by a step. */
export function withDerived(
  { event, recipient, workflow, workflowVersion }: RunRecord,
  turn: RunTurn,
  events: readonly DerivedEvent[],
  limits: Pick<OrchestrateLimits, "derived">,
): RunTurn {
  const run = { runId: turn.runId, workflow, workflowVersion };
  const counted = { ...turn, descent: event.descent, events, recipients: [recipient], run };
  const derived = derivedClaim(counted, limits);
  return derived === undefined ? turn : { ...turn, events, derived };
}
