import type { CategoryBody } from "@tidings/contract/categories";
import type { PolicyBody } from "@tidings/contract/policies";
import type { Channel } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Versioned } from "./configuration.ts";

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
  /** Id of the event behind which it goes on; null for the first. */
  after: string | null;
}

/** What dry runs of one side come to. */
export interface SideSums {
  messages: number;
  channels: ReadonlyMap<Channel, number>;
  notSent: readonly { reason: string; text: string; count: number }[];
}

export interface HistoryResult {
  selected: number;
  weighed: number;
  /** Events of which not all recipients were looked at. */
  partial: number;
  skipped: readonly { reason: string; text: string; count: number }[];
  published: SideSums;
  proposed: SideSums;
  /** Whom each side would reach. */
  reached: ReadonlyMap<string, { published: boolean; proposed: boolean }>;
  assumed: readonly { step: string; text: string }[];
  /** Id of the event behind which to go on, where the budget ended first. */
  next: string | undefined;
  /** When that event came in. */
  reachedAt: number | undefined;
}

/** Takes past events through a workflow as it is and as it is to be, and writes nothing. */
export interface Histories {
  /** Throws `overloaded` where as many are under way as may be. */
  weigh(environmentId: number, request: HistoryRequest): Promise<HistoryResult>;
}
