interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers single calls into batches: while one batch is under way the next gathers, so that load decides the size
 * and an idle caller waits for nothing. At most `openMax` batches are under way, of at most `batchMax` items.
 */
export class Batcher<Item, Result> {
  readonly #run: (items: Item[]) => Promise<readonly Result[]>;
  readonly #batchMax: number;
  readonly #openMax: number;
  #waiting: Waiting<Item, Result>[] = [];
  #open = 0;
  #scheduled = false;

  constructor(run: (items: Item[]) => Promise<readonly Result[]>, limits: { batchMax: number; openMax: number }) {
    this.#run = run;
    this.#batchMax = limits.batchMax;
    this.#openMax = limits.openMax;
  }

  /** Items that wait for a batch. */
  get waiting(): number {
    return this.#waiting.length;
  }

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#scheduled || this.#open >= this.#openMax) return;
      this.#scheduled = true;
      queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#waiting.length > 0 && this.#open < this.#openMax) {
      const batch = this.#waiting.splice(0, this.#batchMax);
      this.#open += 1;
      void this.#settle(batch);
    }
  }

  async #settle(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#run(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, index) => {
        const result = results[index];
        if (result === undefined) waiting.reject(new Error("a batch gave fewer results than it had items"));
        else waiting.resolve(result);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.#open -= 1;
      this.#flush();
    }
  }
}
