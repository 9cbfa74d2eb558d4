import type { RecipientRecord } from "../../ports/store/orchestrate.ts";

/** The recipients of one turn of an event, and where the event stands behind them. */
export interface TurnPage {
  ids: readonly string[];
  cursor: number;
  /** Undefined while the event is at those that it names. */
  position: string | undefined;
  /** Nobody comes after them. */
  isLast: boolean;
  /** Rows that were read with them. */
  records: readonly RecipientRecord[];
  /** What of its audiences could not be reached: topics and segments that there are not, people who cannot be read. */
  unreached: readonly { reason: string; detail: string }[];
}
