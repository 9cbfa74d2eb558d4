import type { KeywordResult } from "../../ports/store/keywords.ts";
import { integer, type SqlRow } from "./columns.ts";

/** What a word was that nothing was written for. */
export function keywordAgain(known: SqlRow | undefined, at: number, stops: boolean): KeywordResult {
  const isSame = known !== undefined && integer(known, "at") === at && integer(known, "stops") === (stops ? 1 : 0);
  return isSame ? "repeated" : "stale";
}
