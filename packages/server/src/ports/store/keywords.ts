import type { Channel } from "@tidings/contract/words";
import type { AnswerGiven } from "../../domain/keyword-answer.ts";
import type { SuppressionKey } from "../../domain/suppression.ts";

/** Whoever said a word may be answered, once for each message that came in. */
export interface AnswerClaim {
  /** Of the message that came in: told again, it is the same. */
  id: string;
  /** Answers to one number in an hour. */
  perHourMax: number;
}

/** A word by which somebody refuses, or asks for again, what a suppression stops. */
export interface KeywordWrite {
  environmentId: number;
  key: SuppressionKey;
  /** False where it takes the suppression back. */
  stops: boolean;
  /** When it was said, ms. Of two of one moment the no holds. */
  at: number;
  reason: string;
  now: number;
  /** Left out where nobody answers. */
  answer?: AnswerClaim | undefined;
}

/** `repeated`: it is in force already. `stale`: something else was said later. */
export type KeywordResult = "written" | "repeated" | "stale";

export interface KeywordHeard {
  result: KeywordResult;
  /** The answer that there is to be: to a word that changed something, and to the same message again. */
  answer: AnswerGiven | undefined;
}

/** What comes back from addresses. */
export interface KeywordStore {
  /** Writes the word and what it does to the address's suppressions, unless something later is known. */
  recordKeyword(input: KeywordWrite): Promise<KeywordHeard>;
  /** The answer to a word that changes nothing, where there is to be one. It passes the STOP of this sender that is in force. */
  claimAnswer(input: {
    environmentId: number;
    sender: string;
    channel: Channel;
    addressHash: string;
    claim: AnswerClaim;
    now: number;
  }): Promise<AnswerGiven | undefined>;
  /** Ids of recipients who have the address, in order; at most `limit`. */
  recipientsAt(input: {
    environmentId: number;
    channel: Channel;
    addressHash: string;
    limit: number;
  }): Promise<string[]>;
}
