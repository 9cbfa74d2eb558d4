import type { SourceLetter } from "./store/source-letters.ts";

export interface SourceReplayResult {
  replayed: number;
  /** They stay, with why. */
  refused: number;
}

/** Records that sources could not take in, as the API shows them and tries them again. */
export interface SourceReplaysPort {
  /** Those of the ids that are still there. Throws what ingest does where nothing can be taken in at the moment; what was replayed before that is done. */
  replay(environmentId: number, letterIds: readonly string[]): Promise<SourceReplayResult>;
  /** The record in clear; undefined where it was too long to be kept. */
  show(
    letter: SourceLetter,
  ):
    | { value: string; headers: Readonly<Record<string, string>>; meta: Readonly<Record<string, string | number>> }
    | undefined;
}
