import type { Channel } from "@tidings/contract/words";
import type { SoftBounceRule } from "../../domain/soft-bounces.ts";
import type { FeedbackKind } from "../provider.ts";

export interface FeedbackReport {
  environmentId: number;
  messageId: string;
  kind: FeedbackKind;
  at: number;
  code: string;
}

/** An address's place in the order of a sweep. */
export interface AddressPlace {
  environmentId: number;
  channel: Channel;
  addressHash: string;
}

/** A key that a report may come with once; hashes of it and of the body that came with it. */
export interface OnceClaim {
  environmentId: number;
  keyHash: string;
  bodyHash: string;
  now: number;
  /** After it nobody could come with the key any more. */
  expiresAt: number;
}

/** What feedback asks of the store. */
export interface FeedbackStore {
  /**
   * Moves states by rank, keeps times, and suppresses addresses; gives how many reports named a known message. `softBounces` are
   * the rules by environment: where there is none, soft bounces suppress nobody.
   */
  recordFeedback(input: {
    reports: readonly FeedbackReport[];
    now: number;
    softBounces?: ReadonlyMap<number, SoftBounceRule> | undefined;
  }): Promise<number>;
  /** False where the key came with another body before. */
  claimOnce(input: OnceClaim): Promise<boolean>;
  /**
   * Looks at what is known of up to `limit` addresses behind `after`, and forgets what no report can add to any more. Gives the
   * last that it looked at; undefined where there were no more.
   */
  sweepSoftBounces(input: {
    after: AddressPlace | undefined;
    now: number;
    limit: number;
  }): Promise<AddressPlace | undefined>;
}
