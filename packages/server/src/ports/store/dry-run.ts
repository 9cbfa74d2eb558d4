import type { DigestJoin, NewDecision, NewMessage, TurnWrites } from "./orchestrate.ts";

/** What a recipient was sent and is to be sent, as far as caps count it (domain/attention-entry). */
export interface AttentionState {
  environmentId: number;
  recipient: string;
  entries: string;
}

/** Keys and throttles that runs have claimed, by hash. */
export interface ClaimsHeld {
  dedupe: readonly { hash: string; runId: string; expiresAt: number }[];
  /** Who got past, and when. */
  throttles: readonly { hash: string; passed: [string, number][] }[];
}

/** What would come of a turn, if it were written now. */
export interface WeighedTurn {
  /** Runs that would lose a claim; nothing of them would be written. */
  dropped: readonly string[];
  /** Those of claims that would be lost, and of caps. */
  decisions: readonly NewDecision[];
  /** Digests that take what caps have no place for. */
  joins: readonly DigestJoin[];
  /** As they would be written. */
  messages: readonly NewMessage[];
  /** Ids of those whose address is suppressed: they would be held back when they start. */
  suppressed: readonly string[];
  attention: readonly AttentionState[];
  /** Of the hashes that the turn has claimed: as it leaves them. */
  claims: ClaimsHeld;
}

/** What a dry run asks of the store, which writes nothing. */
export interface DryRunStore {
  /**
   * `attention`: of recipients for whom the dry run itself has planned something already. `held`: what it has claimed, in place of all
   * that the store has of claims and attention; left out where that counts.
   */
  weighTurn(
    input: Pick<TurnWrites, "dedupe" | "throttles" | "messages"> & {
      environmentId: number;
      attention: readonly AttentionState[];
      held?: ClaimsHeld | undefined;
    },
  ): Promise<WeighedTurn>;
}
