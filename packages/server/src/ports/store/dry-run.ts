import type { NewDecision, NewMessage, TurnWrites } from "./orchestrate.ts";

/** What a recipient was sent and is to be sent, as far as caps count it (domain/attention-entry). */
export interface AttentionState {
  environmentId: number;
  recipient: string;
  entries: string;
}

/** What would come of a turn, if it were written now. */
export interface WeighedTurn {
  /** Runs that would lose a claim; nothing of them would be written. */
  dropped: readonly string[];
  /** Those of claims that would be lost, and of caps. */
  decisions: readonly NewDecision[];
  /** As they would be written. */
  messages: readonly NewMessage[];
  /** Ids of those whose address is suppressed: they would be held back when they start. */
  suppressed: readonly string[];
  attention: readonly AttentionState[];
}

/** What a dry run asks of the store, which writes nothing. */
export interface DryRunStore {
  /** `attention`: of recipients for whom the dry run itself has planned something already. */
  weighTurn(
    input: Pick<TurnWrites, "dedupe" | "throttles" | "messages"> & {
      environmentId: number;
      attention: readonly AttentionState[];
    },
  ): Promise<WeighedTurn>;
}
