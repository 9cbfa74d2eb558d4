import type { Channel, Lane } from "@tidings/contract/words";
import type { Pause, PauseName } from "../../domain/pause.ts";

export interface PauseRow extends Pause {
  environmentId: number;
  /** Empty where none was given. */
  reason: string;
  createdAt: number;
  /** When it was ended, or had its time; null while it is in force. */
  endedAt: number | null;
  /** When all that it had kept was due; null before. */
  releasedAt: number | null;
  /** Position in the sequence of all changes of pauses; receivers of hints catch up from it. */
  sequence: number;
}

type PauseKey = PauseName & { environmentId: number };

/** A message that a pause is of, and that is to be kept by it. */
export interface Hold {
  environmentId: number;
  messageId: string;
  /** Attempts started so far; guards against a concurrent attempt. */
  attempts: number;
  pauseId: string;
  at: number;
}

export type HoldResult =
  /** It waits until the pause ends, or it expires. */
  | "held"
  /** The pause has ended meanwhile: it is due again in a moment. */
  | "over"
  /** Not queued any more, or another attempt moved it. */
  | "lost";

/** Messages of one pause that are due from now on. */
export interface Released {
  count: number;
  /** Where they are due. */
  places: readonly { lane: Lane; channel: Channel }[];
  /** A pause has ended, and has not let go all. */
  isLeft: boolean;
}

export interface PauseStore {
  /**
   * Begins a pause, with this id. Where one of that name is in force, it goes on as it is, with the new reason and time.
   * Undefined, with nothing written, where the environment has `pausesMax` in force already.
   */
  putPause(
    input: PauseKey & { id: string; reason: string; until: number | null; now: number; pausesMax: number },
  ): Promise<PauseRow | undefined>;
  /**
   * Ends a pause: it keeps nothing more from then on. Undefined where none of that name is in force. What other integrations' pauses
   * keep may have a way again where one of an integration ends: it is let go with it, and kept anew where it has none.
   */
  endPause(input: PauseKey & { now: number }): Promise<PauseRow | undefined>;
  /** Those in force, and those that have not let go all, by name; of one name what is in force comes first. Bounded by `pausesMax`, but for those that end. */
  listPauses(input: { environmentId: number }): Promise<PauseRow[]>;
  /** Pauses that changed after `sequence`, ended ones too, oldest change first. */
  pausesSince(input: { sequence: number; limit: number }): Promise<PauseRow[]>;
  /** Messages that pauses keep, up to `countMax`. */
  countHeld(input: { pauseId: string; countMax: number }): Promise<number>;
  /** Keeps messages, each where its pause is in force; in the same transaction as that is looked at. */
  holdMessages(input: { holds: readonly Hold[]; lane: Lane }): Promise<HoldResult[]>;
  /** Ends the pauses whose time is up, and makes due up to `limit` of what one that has ended had kept, oldest first. */
  releaseHeld(input: { now: number; limit: number }): Promise<Released>;
  /** Deletes pauses that let go all before a time, at most `limit`; gives how many. */
  purgePauses(input: { before: number; limit: number }): Promise<number>;
}
