import type { Descent } from "../../domain/descent.ts";
import type { NewDecision } from "./new-decision.ts";
import type { ReplayedEvent } from "./replays.ts";

/** An event that a step of a run sends. It is due at once. */
export interface DerivedEvent extends Omit<ReplayedEvent, "origin" | "order"> {
  /** The run that sends it: where that loses a claim, it is not written. */
  runId: string;
  descent: Descent;
  /** Recorded with it. */
  decision: NewDecision;
}

/**
 * What a turn makes is counted under its first event, and no more is made than fits: what is too much is not written. Of a turn on
 * the first event itself the events are counted, of all others the messages too.
 */
export interface DerivedClaim {
  environmentId: number;
  root: string;
  /** Whether messages of the turn are counted. */
  countsMessages: boolean;
  /** Events and messages of one root. */
  max: number;
  /** Until when it is remembered how many there are, ms. */
  expiresAt: number;
  /** Recorded once where something was too much; its detail is what the decision begins with. */
  decision: NewDecision;
}

/** What was made of events that led from one. */
export interface DerivedCount {
  events: number;
  messages: number;
}
