import type { StoreMoveLine } from "@tidings/contract/store-move";
import type { MoveDestination } from "../store/postgres/move-destination.ts";
import type { PageBounds } from "../store/sql/moved-table.ts";
import type { MoveSource } from "../store/sqlite/move-source.ts";
import type { MoveProgress } from "./progress.ts";

/** What the two phases of a move work with. */
export interface MoveParts {
  source: MoveSource;
  destination: MoveDestination;
  bounds: PageBounds;
  progress: MoveProgress;
  /** True once somebody wants it to end after the batch that is under way. */
  isStopped: () => boolean;
}

export type Tell = (line: StoreMoveLine) => void;
