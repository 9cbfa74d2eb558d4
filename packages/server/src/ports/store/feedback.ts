import type { FeedbackKind } from "../provider.ts";

export interface FeedbackReport {
  environmentId: number;
  messageId: string;
  kind: FeedbackKind;
  at: number;
  code: string;
}

/** What feedback asks of the store. */
export interface FeedbackStore {
  /** Moves states by rank and keeps times; gives how many reports named a known message. */
  recordFeedback(input: { reports: readonly FeedbackReport[]; now: number }): Promise<number>;
}
