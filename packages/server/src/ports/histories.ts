import type { CategoryBody } from "@tidings/contract/categories";
import type { DryRunGap } from "@tidings/contract/dry-runs";
import type { PolicyBody } from "@tidings/contract/policies";
import type { Channel } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Versioned } from "./configuration.ts";
import type { LeftOut } from "./dry-run.ts";

/** A workflow as it is or is to be. */
export interface HistorySide {
  workflow: Versioned<WorkflowBody>;
  /** In place of those in force. */
  category: CategoryBody | undefined;
  policy: PolicyBody | undefined;
}

export interface HistoryRequest {
  /** Undefined where none is published. */
  published: HistorySide | undefined;
  proposed: HistorySide;
  tenant: string | undefined;
  from: number;
  to: number;
  /** Where it goes on. */
  place: HistoryPlace;
}

/** Where a dry run over past events stands. */
export interface HistoryPlace {
  /** Id of the event behind which the next page begins; null before the first. */
  after: string | null;
  /** The event of that page that is under way, and where it stands among its recipients; those of the page before it are done. */
  inside: { event: string; cursor: number; position: string | null } | undefined;
}

/** What dry runs of one side come to. */
export interface SideSums {
  messages: number;
  channels: ReadonlyMap<Channel, number>;
  notSent: readonly { reason: string; text: string; count: number }[];
}

export interface HistoryResult {
  selected: number;
  /** Events that were begun. */
  weighed: number;
  /** Their recipients who were looked at, each as often as an event goes to them. */
  people: number;
  skipped: readonly { reason: string; text: string; count: number }[];
  published: SideSums;
  proposed: SideSums;
  /** Whom each side would reach. */
  reached: ReadonlyMap<string, { published: boolean; proposed: boolean }>;
  assumed: readonly { step: string; text: string }[];
  notWeighed: readonly DryRunGap[];
  /** Where to go on, where the budget ended first. */
  next: HistoryPlace | undefined;
  /** When the last event came in that was weighed, or is under way. */
  reachedAt: number | undefined;
  /** Recipients of the event that is under way who were not looked at. */
  leftOut: LeftOut | undefined;
}

/** Takes past events through a workflow as it is and as it is to be, and writes nothing. */
export interface Histories {
  /** Throws `overloaded` where as many are under way as may be. */
  weigh(environmentId: number, request: HistoryRequest): Promise<HistoryResult>;
}
