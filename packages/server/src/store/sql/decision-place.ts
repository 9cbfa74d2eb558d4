import { timeOfId } from "../../lib/ids.ts";
import type { DecisionQuery } from "../../ports/store/decisions.ts";

/** A row of either table, as far as its place goes. `key`: a message's id, or a decision's number. */
export interface Placed {
  at: number;
  kind: "message" | "decision";
  key: string;
}

/** The text that a cursor holds: `<at>:m:<id>` or `<at>:d:<sequence>`. */
export const placeText = ({ at, kind, key }: Placed): string => `${at}:${kind === "message" ? "m" : "d"}:${key}`;

/** Where a table goes on: rows before `at`, and those of `at` with a lesser key. */
export interface Below {
  at: number;
  key: string;
}

/** Before and behind each id. */
const firstId = "00000000-0000-0000-0000-000000000000";
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** Behind each number, and exact in a double. */
const lastSequence = String(Number.MAX_SAFE_INTEGER);
/** After all times that the store holds, and still below what its columns take. */
const lastAt = 8_640_000_000_000_000;

/** Of one time all messages come before all decisions. */
export function belowOf(before: string): { message: Below; decision: Below } {
  const [at, kind, key] = before.split(":");
  if (at === undefined || kind === undefined || key === undefined)
    return { message: { at: lastAt, key: lastId }, decision: { at: lastAt, key: lastSequence } };
  const time = Number(at);
  return kind === "m"
    ? { message: { at: time, key }, decision: { at: time, key: lastSequence } }
    : { message: { at: time, key: firstId }, decision: { at: time, key } };
}

/** Newest first, messages before decisions of the same time. */
export function comparePlaces(a: Placed, b: Placed): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.kind !== b.kind) return a.kind === "message" ? -1 : 1;
  if (a.kind === "decision") return Number(b.key) - Number(a.key);
  return a.key < b.key ? 1 : a.key > b.key ? -1 : 0;
}

/** Clocks of processes differ, if by less. */
const clockSlackMs = 3_600_000;

/** Nothing is decided about an event before it is there. */
export const sinceOf = ({ eventId }: DecisionQuery): number =>
  eventId === undefined ? 0 : timeOfId(eventId) - clockSlackMs;

/** Where a table goes on below a time. */
export function belowTime(kind: Placed["kind"], at: number): Below {
  return { at: at - 1, key: kind === "message" ? lastId : lastSequence };
}
