/** Something that is due. Items of one `key` wait in one line; those of one `bound` share what may be under way at once. */
export interface KeyedItem {
  id: string;
  key: string;
  bound: string;
}

/** Lines of items, one per key. Each id is held once, and of each key a bounded number; lines take turns. */
export class KeyedLines<Item extends KeyedItem> {
  readonly #heldPerKeyMax: number;
  /** Items that wait; the first line in the map has waited longest for its turn. */
  readonly #waiting = new Map<string, Item[]>();
  /** Ids of each key, waiting or taken out and not forgotten. */
  readonly #held = new Map<string, Set<string>>();
  /** Keys of which there may be more than is held. */
  readonly #more = new Set<string>();

  constructor(heldPerKeyMax: number) {
    this.#heldPerKeyMax = heldPerKeyMax;
  }

  /** Adds those that are not held yet and have room. */
  add(items: readonly Item[]): void {
    const found = new Map<string, number>();
    for (const item of items) {
      const count = (found.get(item.key) ?? 0) + 1;
      found.set(item.key, count);
      if (count >= this.#heldPerKeyMax) this.#more.add(item.key);
      this.#hold(item);
    }
  }

  #hold(item: Item): void {
    const held = this.#held.get(item.key) ?? new Set<string>();
    if (held.has(item.id) || held.size >= this.#heldPerKeyMax) return;
    this.#held.set(item.key, held.add(item.id));
    const line = this.#waiting.get(item.key);
    if (line === undefined) this.#waiting.set(item.key, [item]);
    else line.push(item);
  }

  /** The first of the longest waiting line that has room; the line goes to the end. */
  next(hasRoom: (bound: string) => boolean): Item | undefined {
    for (const [key, line] of this.#waiting) {
      const [first] = line;
      if (first === undefined || !hasRoom(first.bound)) continue;
      line.shift();
      this.#waiting.delete(key);
      if (line.length > 0) this.#waiting.set(key, line);
      return first;
    }
    return undefined;
  }

  /** True where its line has become short and there may be more of it. Half a line is read at a time, as a look reads past what is held. */
  forget({ id, key }: Item): boolean {
    const held = this.#held.get(key);
    held?.delete(id);
    const left = held?.size ?? 0;
    if (left === 0) this.#held.delete(key);
    return left * 2 <= this.#heldPerKeyMax && this.#more.delete(key);
  }

  /** Lets go of all that waits. */
  clear(): void {
    this.#waiting.clear();
  }
}
