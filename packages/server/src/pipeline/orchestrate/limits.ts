import type { DerivedLimits, DigestLimits, EffectLimits, WaitLimits } from "./step-limits.ts";

export interface OrchestrateLimits {
  waits: WaitLimits;
  effects: EffectLimits;
  digest: DigestLimits;
  /** Latest messages of a recipient that a step which looks back is given. */
  recent: { messagesMax: number };
  /** Events, or runs, that one handler takes. */
  batchMax: number;
  /** Handlers of one lane at once. */
  concurrency: number;
  /** Recipients of one event in one transaction. */
  recipientsPerTurn: number;
  /** People of an audience in one transaction of marketing, where nothing more urgent has come for `strideQuietMs`. */
  recipientsPerStride: number;
  /** The same while more urgent events come, and never fewer than in a turn. */
  recipientsPerShortStride: number;
  strideQuietMs: number;
  /** Messages of one event with topics, due and not settled: with more the event waits `expansionHeldMs` before it goes on. */
  expandedWaitingMax: number;
  expansionHeldMs: number;
  /** Turns that an event has of its topics before others of its lane have theirs. */
  expansionTurnsMax: number;
  /** Past events that one look of a replay passes for those that it selects. */
  replayLookedMax: number;
  /** Recipients that one turn looks at for those in a segment, and messages of each. */
  segmentLookedMax: number;
  segmentMessagesMax: number;
  /** With more messages of a lane than this in memory for deliver, planning slows down, by at most `paceMaxMs` a turn. */
  pacedMessages: number;
  paceMaxMs: number;
  /** Recipients kept open for the next event. */
  openedRecipientsMax: number;
  /** An event of at most so many recipients may be planned before it is stored. */
  firstTurnRecipientsMax: number;
  derived: DerivedLimits;
  /** Messages in one store call, so that a turn of the store stays short. */
  messagesPerCommit: number;
  /** What is put off until a moment goes out within so long behind it. */
  deferralSpreadMs: number;
  /** What is sent to one recipient and remembered, for caps. */
  attentionEntriesMax: number;
  /** A message waits for so long at most until a cap has a place for it. */
  attentionHorizonMs: number;
}
