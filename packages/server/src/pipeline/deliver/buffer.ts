import { type Lane, lanes } from "@tidings/contract/words";
import type { Pending } from "./place.ts";

interface Destination {
  name: string;
  waiting: Record<Lane, Pending[]>;
  size: number;
  inFlight: number;
}

export interface BufferLimits {
  size: number;
  sizePerDestination: number;
  inFlightPerDestination: number;
}

/**
 * Messages that wait for one integration, by destination: a host that does not answer fills its own places and its own
 * buffer, and the others go round it. Destinations take turns; the most urgent lane goes first.
 */
export class Buffer {
  readonly #limits: BufferLimits;
  readonly #destinations = new Map<string, Destination>();
  #size = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** False where there is no room for it. */
  offer(pending: Pending): boolean {
    const destination = this.#destination(pending.destination);
    if (this.#size >= this.#limits.size || destination.size >= this.#limits.sizePerDestination) {
      this.#forget(destination);
      return false;
    }
    destination.waiting[pending.delivery.origin.lane].push(pending);
    destination.size += 1;
    this.#size += 1;
    return true;
  }

  /** Whether a message of the lane waits. */
  waits(lane: Lane): boolean {
    for (const { waiting } of this.#destinations.values()) if (waiting[lane].length > 0) return true;
    return false;
  }

  /** Whether a message of the lane waits for a destination whose places are all taken. */
  isStuck(lane: Lane): boolean {
    for (const { waiting, inFlight } of this.#destinations.values())
      if (waiting[lane].length > 0 && inFlight >= this.#limits.inFlightPerDestination) return true;
    return false;
  }

  /** Up to `max` messages of one lane whose destinations have a place free; they are under way until `release`. */
  take(lane: Lane, max: number): Pending[] {
    const taken: Pending[] = [];
    for (const destination of this.#destinations.values()) {
      if (taken.length >= max) break;
      const free = this.#limits.inFlightPerDestination - destination.inFlight;
      const some = destination.waiting[lane].splice(0, Math.max(0, Math.min(free, max - taken.length)));
      if (some.length === 0) continue;
      destination.size -= some.length;
      destination.inFlight += some.length;
      this.#size -= some.length;
      taken.push(...some);
      // To the end of the round, so that the next take begins with another.
      this.#destinations.delete(destination.name);
      this.#destinations.set(destination.name, destination);
    }
    return taken;
  }

  /** Takes a place at its destination for what did not wait here; false where none is free, or others wait for one. */
  enter(pending: Pending): boolean {
    const destination = this.#destination(pending.destination);
    if (destination.size > 0 || destination.inFlight >= this.#limits.inFlightPerDestination) return false;
    destination.inFlight += 1;
    return true;
  }

  release(pending: Pending): void {
    const destination = this.#destinations.get(pending.destination);
    if (destination === undefined) return;
    destination.inFlight -= 1;
    this.#forget(destination);
  }

  /** Takes all that waits, for a stop or to go another way; what is under way keeps its places. */
  clear(): Pending[] {
    const all: Pending[] = [];
    for (const destination of [...this.#destinations.values()]) {
      for (const lane of lanes) all.push(...destination.waiting[lane].splice(0));
      destination.size = 0;
      this.#forget(destination);
    }
    this.#size = 0;
    return all;
  }

  #destination(name: string): Destination {
    const known = this.#destinations.get(name);
    if (known !== undefined) return known;
    const destination: Destination = {
      name,
      waiting: { critical: [], transactional: [], marketing: [] },
      size: 0,
      inFlight: 0,
    };
    this.#destinations.set(name, destination);
    return destination;
  }

  #forget(destination: Destination): void {
    if (destination.size === 0 && destination.inFlight === 0) this.#destinations.delete(destination.name);
  }
}
