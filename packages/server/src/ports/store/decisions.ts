import type { Channel } from "@tidings/contract/words";
import type { MessageRow } from "./log.ts";
import type { NewDecision } from "./orchestrate.ts";

/** Of one recipient, newest first. All filters have to hold. */
export interface DecisionQuery {
  environmentId: number;
  recipient: string;
  category?: string | undefined;
  workflow?: string | undefined;
  channel?: Channel | undefined;
  /** Of one of the entry's decisions. */
  outcome?: string | undefined;
  eventId?: string | undefined;
  /** Place of the last entry seen (store/sql/decision-place); empty for the newest. */
  before: string;
  limit: number;
}

/** What was decided for a recipient: a message with the decisions in its row, or a decision that made none. */
export type DecisionEntry = { message: MessageRow } | { decision: NewDecision };

/** `next` is where to go on; undefined at the end. A page may be short, even empty, before the end: a query looks at a bounded number of rows. */
export interface DecisionPage {
  items: readonly DecisionEntry[];
  next: string | undefined;
}

export interface DecisionStore {
  /** By the time at which it was decided; of one time messages come first. */
  listDecisions(input: DecisionQuery): Promise<DecisionPage>;
}
