/** A bug as it could be written by hand: in one place, in a copy of the sources, never in what is shipped. */
export interface PlantedBug {
  name: string;
  /** Under packages/server/src. */
  file: string;
  /** Must be there exactly once: a patch that fits nowhere proves nothing. */
  find: string;
  replace: string;
  /** Invariants of which one has to be named. */
  invariants: readonly string[];
  /** Where the seeds begin, for one that is met seldom; left out it is 1. */
  firstSeed?: number;
}
