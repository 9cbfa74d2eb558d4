import { type Lane, lanes } from "@tidings/contract/words";

interface Waiting {
  count: number;
  each: (count: number) => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Who waits to be let in by a rate: a line per lane, most urgent first, and nobody is overtaken by who came later. */
export class RateLines {
  readonly #lines: Record<Lane, Waiting[]> = { critical: [], transactional: [], marketing: [] };

  /** Calls `each` with parts of `count` as they are let in; resolves when all are, or none will be any more. */
  stand(lane: Lane, count: number, each: (count: number) => void): Promise<void> {
    return new Promise((resolve, reject) => void this.#lines[lane].push({ count, each, resolve, reject }));
  }

  in(lane: Lane): number {
    return this.#lines[lane].reduce((sum, { count }) => sum + count, 0);
  }

  get count(): number {
    return lanes.reduce((sum, lane) => sum + this.in(lane), 0);
  }

  /** Lets up to `max` in, in parts of at most `partMax`; gives how many it let in. */
  admit(max: number, partMax: number): number {
    let left = Math.max(0, max);
    while (left > 0) {
      const line = this.#lines[lanes.find((lane) => this.#lines[lane].length > 0) ?? "marketing"];
      const [first] = line;
      if (first === undefined) break;
      const count = Math.min(first.count, left, partMax);
      first.count -= count;
      left -= count;
      if (first.count === 0) line.shift();
      first.each(count);
      if (first.count === 0) first.resolve();
    }
    return Math.max(0, max) - left;
  }

  /** Nobody is let in any more. */
  clear(): void {
    for (const lane of lanes) for (const { resolve } of this.#lines[lane].splice(0)) resolve();
  }

  fail(error: unknown): void {
    for (const lane of lanes) for (const { reject } of this.#lines[lane].splice(0)) reject(error);
  }
}
