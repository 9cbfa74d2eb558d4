import { channels, lanes } from "@tidings/contract/words";
import type { Released } from "../../ports/store/pauses.ts";
import { wordAt } from "./codes.ts";
import { integer, type SqlRow } from "./columns.ts";

/** Where rows (lane, channel) are due, each place once. */
export function placesOf(rows: readonly SqlRow[]): Released["places"] {
  const places = new Map<string, Released["places"][number]>();
  for (const row of rows) {
    const place = { lane: wordAt(lanes, integer(row, "lane")), channel: wordAt(channels, integer(row, "channel")) };
    places.set(`${place.lane} ${place.channel}`, place);
  }
  return [...places.values()];
}
