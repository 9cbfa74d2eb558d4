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
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return uuidFrom(timeMs, hash("sha256", text, "hex"));
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
