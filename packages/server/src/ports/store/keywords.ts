import type { Channel } from "@tidings/contract/words";
import type { SuppressionKey } from "../../domain/suppression.ts";

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
}

/** `repeated`: it is in force already. `stale`: something else was said later. */
export type KeywordResult = "written" | "repeated" | "stale";

/** What comes back from addresses. */
export interface KeywordStore {
  /** Writes the word and what it does to the address's suppressions, unless something later is known. */
  recordKeyword(input: KeywordWrite): Promise<KeywordResult>;
  /** Ids of recipients who have the address, in order; at most `limit`. */
  recipientsAt(input: {
    environmentId: number;
    channel: Channel;
    addressHash: string;
    limit: number;
  }): Promise<string[]>;
}
