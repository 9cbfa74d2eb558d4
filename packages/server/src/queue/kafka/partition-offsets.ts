/** Entries gone through before those at the front are cut off. */
const cutAt = 1024;
/** Entries behind the lowest that is not settled. */
const entriesMax = 100_000;

interface Entry {
  offset: bigint;
  settled: boolean;
}

/**
 * What was taken of one partition, and how far it is settled. Items settle in any order; what is committed is the lowest
 * offset that is not settled, so that whoever takes over begins there. One that stays open while very many settle behind
 * it is passed: should this process end before it is settled, the sweep over published rows finds it.
 */
export class PartitionOffsets {
  #entries: Entry[] = [];
  #first = 0;
  #next: bigint | undefined;

  /** Offset of what is to be read next; undefined before the first. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /** What may be committed; undefined before the first. */
  get committable(): bigint | undefined {
    return this.#entries[this.#first]?.offset ?? this.#next;
  }

  /** Whether an offset was taken already: it was read a second time. */
  has(offset: bigint): boolean {
    return this.#next !== undefined && offset < this.#next;
  }

  /** Gives what is to be called when the item is settled; offsets rise, with gaps. */
  take(offset: bigint): () => void {
    const entry = { offset, settled: false };
    this.#entries.push(entry);
    this.#next = offset + 1n;
    if (this.#entries.length - this.#first > entriesMax) {
      this.#first += 1;
      this.#advance();
    }
    return () => {
      entry.settled = true;
      this.#advance();
    };
  }

  /** Nothing more is to be read below this offset. */
  passTo(next: bigint): void {
    if (this.#next === undefined || next > this.#next) this.#next = next;
  }

  #advance(): void {
    while (this.#entries[this.#first]?.settled === true) this.#first += 1;
    if (this.#first < cutAt && this.#first < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}
