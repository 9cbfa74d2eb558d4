import {
  type Admission,
  type AttentionClaim,
  admit,
  admitted,
  type Claimant,
  clockSlackMs,
  entryOf,
} from "./attention.ts";
import { countsUntilOf, readEntries, writeEntries, writeEntry } from "./attention-entry.ts";

/**
 * As `admit`, on the text of the entries. Most people are far from what a cap allows: where there are fewer entries than any
 * cap has places, the message has one whatever they say, and is written behind them unread. A row of 45 entries took 14 µs
 * to read and write, and takes 1.
 */
export function admitText(
  text: string,
  claimant: Claimant,
  claim: AttentionClaim,
  now: number,
): { admission: Admission; text: string } {
  const counted = text.includes(claimant.id) ? undefined : withoutPast(text, now);
  if (counted !== undefined && linesOf(counted) < placesOf(claim)) {
    const line = writeEntry(entryOf(claimant, claim, claimant.at));
    return { admission: admitted, text: counted === "" ? line : `${counted}\n${line}` };
  }
  const { admission, entries } = admit(readEntries(text), claimant, claim, now);
  return { admission, text: writeEntries(entries) };
}

/** Without the places of some messages. */
export function withoutMessages(text: string, ids: readonly string[]): string {
  const isOther = (line: string): boolean => !ids.some((id) => line.startsWith(`${id} `));
  return text.split("\n").filter(isOther).join("\n");
}

/** Without what stands in front and counts for nothing any more; what lies behind goes when there is too much. */
function withoutPast(text: string, now: number): string {
  const start = endOfPast(text, now);
  return start === 0 ? text : text.slice(start);
}

/** Whether no cap counts any of it any more. */
export function countsForNothing(text: string, now: number): boolean {
  return endOfPast(text, now) === text.length;
}

/** Where the first line begins that still counts. */
function endOfPast(text: string, now: number): number {
  let start = 0;
  while (start < text.length && countsUntilOf(text, start) + clockSlackMs <= now) {
    const end = text.indexOf("\n", start);
    start = end === -1 ? text.length : end + 1;
  }
  return start;
}

function linesOf(text: string): number {
  if (text === "") return 0;
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** The fewest places that a cap has for what is ordinary. */
export function placesOf({ caps, entriesMax }: AttentionClaim): number {
  let places = entriesMax;
  for (const { limit, reserve = 0 } of caps) places = Math.min(places, limit - reserve);
  return places;
}
