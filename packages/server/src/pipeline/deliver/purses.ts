import { Purse, type PurseParts } from "./purse.ts";

/** The purses of a process, a bounded number: where there are too many, those that hold nothing are forgotten. */
export class Purses {
  readonly #on: PurseParts;
  readonly #max: number;
  readonly #purses = new Map<string, Purse>();

  constructor(on: PurseParts, max: number) {
    this.#on = on;
    this.#max = max;
  }

  /** `isOver`: of the same allowance, what is taken above the bound that holds for others. */
  of(environmentId: number, key: string, isOver = false): Purse {
    const name = `${isOver ? "over" : "own"} ${environmentId}:${key}`;
    const known = this.#purses.get(name);
    if (known !== undefined) return known;
    if (this.#purses.size >= this.#max) this.#forget((purse) => purse.isEmpty);
    const purse = new Purse(this.#on, environmentId, key);
    this.#purses.set(name, purse);
    return purse;
  }

  get size(): number {
    return this.#purses.size;
  }

  /** Gives back what nobody has taken of since the last time. */
  async giveBackIdle(): Promise<void> {
    this.#forget((purse) => purse.isVoid);
    for (const purse of [...this.#purses.values()]) await purse.giveBack(true);
  }

  async giveBackAll(): Promise<void> {
    await Promise.all(Array.from(this.#purses.values(), (purse) => purse.giveBack()));
  }

  #forget(which: (purse: Purse) => boolean): void {
    for (const [name, purse] of this.#purses) if (which(purse)) this.#purses.delete(name);
  }
}
