import type { KeywordResult, KeywordWrite } from "../../ports/store/keywords.ts";
import { integer, type SqlRow } from "./columns.ts";

/** What a word was that nothing was written for. */
export function keywordAgain(known: SqlRow | undefined, at: number, stops: boolean): KeywordResult {
  const isSame = known !== undefined && integer(known, "at") === at && integer(known, "stops") === (stops ? 1 : 0);
  return isSame ? "repeated" : "stale";
}

/** When the suppression was written through which the answer has to come; null where none is in its way. */
export const stoppedAtOf = ({ stops, key, now }: KeywordWrite): number | null =>
  stops && key.scope === "sender" ? now : null;
