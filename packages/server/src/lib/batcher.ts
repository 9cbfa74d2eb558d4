interface Waiting<Item, Result> {
  items: readonly Item[];
  resolve: (results: readonly Result[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers calls into batches: while one batch is under way the next gathers, so that load decides the size and an idle
 * caller waits for nothing. At most `openMax` batches are under way, of at most `batchMax` items; a call of more items
 * than that is a batch of its own.
 */
export class Batcher<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #batchMax: number;
  readonly #openMax: number;
  #waiting: Waiting<Item, Result>[] = [];
  #open = 0;
  #scheduled = false;

  constructor(
    run: (items: readonly Item[]) => Promise<readonly Result[]>,
    limits: { batchMax: number; openMax: number },
  ) {
    this.#run = run;
    this.#batchMax = limits.batchMax;
    this.#openMax = limits.openMax;
  }

  /** Items that wait for a batch. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { items }) => sum + items.length, 0);
  }

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const only = (results: readonly Result[]) => {
        for (const result of results) resolve(result);
      };
      this.#add({ items: [item], resolve: only, reject });
    });
  }

  /** The items stay together; one promise for all of them. */
  submitAll(items: readonly Item[]): Promise<readonly Result[]> {
    return new Promise((resolve, reject) => this.#add({ items, resolve, reject }));
  }

  #add(call: Waiting<Item, Result>): void {
    this.#waiting.push(call);
    if (this.#scheduled || this.#open >= this.#openMax) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#waiting.length > 0 && this.#open < this.#openMax) {
      const calls = this.#take();
      this.#open += 1;
      void this.#settle(calls);
    }
  }

  #take(): Waiting<Item, Result>[] {
    let end = 0;
    let size = 0;
    for (const { items } of this.#waiting) {
      if (end > 0 && size + items.length > this.#batchMax) break;
      size += items.length;
      end += 1;
    }
    return this.#waiting.splice(0, end);
  }

  async #settle(calls: Waiting<Item, Result>[]): Promise<void> {
    try {
      const [first] = calls;
      const items = calls.length === 1 && first !== undefined ? first.items : calls.flatMap((call) => call.items);
      const results = await this.#run(items);
      if (results.length < items.length) throw new Error("a batch gave fewer results than it had items");
      let at = 0;
      for (const call of calls) {
        call.resolve(calls.length === 1 ? results : results.slice(at, at + call.items.length));
        at += call.items.length;
      }
    } catch (error) {
      for (const call of calls) call.reject(error);
    } finally {
      this.#open -= 1;
      this.#flush();
    }
  }
}
