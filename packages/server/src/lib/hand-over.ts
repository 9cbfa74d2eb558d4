/**
 * Content that one stage has open and the next one needs, kept under its id so that the next need not read and open it
 * again. Bounded: what has no room is read from the store. Each entry is taken once.
 */
export class HandOver<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  put(id: string, value: Value): void {
    if (this.#entries.size < this.#entriesMax) this.#entries.set(id, value);
  }

  take(id: string): Value | undefined {
    const value = this.#entries.get(id);
    if (value !== undefined) this.#entries.delete(id);
    return value;
  }
}
