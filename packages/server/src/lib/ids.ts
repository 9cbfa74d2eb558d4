import { hash } from "node:crypto";

/** The front of the last id: many are made in one millisecond, or for one event. */
let lastMs = -1;
let lastFront = "";

function frontOf(timeMs: number): string {
  const ms = Math.trunc(timeMs);
  if (ms !== lastMs) {
    const time = ms.toString(16).padStart(12, "0");
    lastFront = `${time.slice(0, 8)}-${time.slice(8, 12)}-8`;
    lastMs = ms;
  }
  return lastFront;
}

/** UUIDv8 (RFC 9562 §5.8): 48 bits of `timeMs`, then 74 bits taken from 20 hex digits. Text form, lower case. */
export function uuidFrom(timeMs: number, hex: string): string {
  const variant = "89ab"[Number.parseInt(hex.slice(3, 4), 16) & 3];
  return `${frontOf(timeMs)}${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

/** Always the same id for the same time and parts. */
export function deriveId(timeMs: number, ...parts: string[]): string {
  return uuidFrom(timeMs, digestOf(parts));
}

function digestOf(parts: readonly string[]): string {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return hash("sha256", text, "hex");
}

/** Members of a list that share a place, and places; behind the last one comes the first again. */
const membersPerPlace = 128;
const places = 4095;

/**
 * Where ids of a list's members belong among those of one millisecond: three hex digits. Rows that are written together
 * then lie together: a campaign's, in the order of their hashes, each took a page of its own. Undefined in front, where most
 * lists end: their ids keep 74 bits of their hash, the others 62.
 */
export function placeIn(position: number): string | undefined {
  if (position < membersPerPlace) return undefined;
  const place = 1 + (Math.floor(position / membersPerPlace) % places);
  return place.toString(16).padStart(3, "0");
}

/** The place of an id, for those that belong beside it: the 12 bits behind the version. */
export function placeOf(id: string): string {
  return id.slice(15, 18);
}

/** The least id of that time. */
export function firstIdOf(timeMs: number): string {
  const hex = Math.trunc(timeMs).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The milliseconds in front of an id. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Ids of one millisecond that a source numbers: the 12 bits behind the version. */
const perMs = 4096;
/** A clock that is set back by less leaves ids rising. */
const setBackMaxMs = 1_000;

/**
 * Ids of this moment from a clock and random bytes, each greater than the one before: whose event came in first can be told by
 * them. Bytes are drawn 256 ids at a time, as a call costs more than they do.
 */
export class IdSource {
  readonly #now: () => number;
  readonly #bytes: (length: number) => Buffer;
  #pool = "";
  #used = 0;
  #ms = -1;
  #count = 0;

  constructor(now: () => number, bytes: (length: number) => Buffer) {
    this.#now = now;
    this.#bytes = bytes;
  }

  next(): string {
    if (this.#used >= this.#pool.length) {
      this.#pool = this.#bytes(256 * 10).toString("hex");
      this.#used = 0;
    }
    const random = this.#pool.slice(this.#used + 3, this.#used + 20);
    this.#used += 20;
    this.#step();
    return uuidFrom(this.#ms, this.#count.toString(16).padStart(3, "0") + random);
  }

  derive(timeMs: number, ...parts: string[]): string {
    return deriveId(timeMs, ...parts);
  }

  deriveAt(timeMs: number, place: string, ...parts: string[]): string {
    return uuidFrom(timeMs, place + digestOf(parts).slice(place.length));
  }

  /** With more ids in a millisecond than there are numbers, the next one is begun early. */
  #step(): void {
    const now = Math.trunc(this.#now());
    if (now > this.#ms || this.#ms - now > setBackMaxMs) {
      this.#ms = now;
      this.#count = 0;
      return;
    }
    this.#count += 1;
    if (this.#count < perMs) return;
    this.#ms += 1;
    this.#count = 0;
  }
}
