import type { Pauses } from "../domain/pause.ts";

/** What is paused, in memory; in force everywhere within a second of its commit. */
export interface PausesInForce {
  pauses(environmentId: number): Pauses;
  /** When a pause ends by itself, or 0 where one has ended and may not have let go all that it kept; undefined where neither is. */
  nextRelease(): number | undefined;
  /** Tells of an environment whose pauses have changed, once that is in force. Returns the function that ends it. */
  onPauses(listener: (environmentId: number) => void): () => void;
}
