import { type Channel, channels, type Lane, lanes } from "@tidings/contract/words";

/** A message that took, or is to take, some of a recipient's attention. */
export interface AttentionEntry {
  /** Id of the message. */
  id: string;
  /** When it goes out; one behind now is a place that was given to a message that waits. */
  at: number;
  /** When it counts for no cap any more. */
  countsUntil: number;
  channel: Channel;
  lane: Lane;
  /** Whether its workflow is of high priority. */
  isHigh: boolean;
  category: string;
  /** Empty where there is none. */
  tenant: string;
}

/**
 * The text of a recipient's entries: a line each, fields apart by a space, which no key has in it. JSON would have to be
 * checked field by field when it is read, which costs ten times as much as the split.
 */
export function writeEntries(entries: readonly AttentionEntry[]): string {
  return entries.map(writeEntry).join("\n");
}

export function writeEntry(entry: AttentionEntry): string {
  const { id, at, countsUntil, channel, lane, isHigh, category, tenant } = entry;
  return `${id} ${at} ${countsUntil} ${channels.indexOf(channel)} ${lanes.indexOf(lane)} ${isHigh ? 1 : 0} ${category} ${tenant}`;
}

/** `countsUntil` of the line that begins at `start`. */
export function countsUntilOf(text: string, start: number): number {
  const at = text.indexOf(" ", start) + 1;
  const from = text.indexOf(" ", at) + 1;
  return Number(text.slice(from, text.indexOf(" ", from)));
}

export function readEntries(text: string): AttentionEntry[] {
  return text === "" ? [] : text.split("\n").map(readEntry);
}

function readEntry(line: string): AttentionEntry {
  const [id = "", at, countsUntil, channelCode, laneCode, high, category = "", tenant = ""] = line.split(" ");
  const channel = channels[Number(channelCode)];
  const lane = lanes[Number(laneCode)];
  if (channel === undefined || lane === undefined) throw new RangeError("an entry of attention cannot be read");
  return {
    id,
    at: Number(at),
    countsUntil: Number(countsUntil),
    channel,
    lane,
    isHigh: high === "1",
    category,
    tenant,
  };
}
