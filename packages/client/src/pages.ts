import { TidingsAnswerError } from "./errors.ts";

/** One page of a list: `nextCursor`, given as `cursor`, is where the next one begins; the last has none. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | undefined;
}

/**
 * A list as the API gives it, page by page: `for await` goes through all its items and asks for the next page when the
 * one before is used up, so one page is in memory at a time. Each `for await` begins anew.
 */
export class Pages<Item> implements AsyncIterable<Item> {
  readonly #operation: string;
  readonly #load: (cursor: string | undefined) => Promise<Page<Item>>;

  constructor(operation: string, load: (cursor: string | undefined) => Promise<Page<Item>>) {
    this.#operation = operation;
    this.#load = load;
  }

  /**
   * One page: the first, or the one at the `cursor` that the list was asked for with.
   *
   * @example
   * const { items, nextCursor } = await tidings.messages.list({ state: "failed", limit: 20 }).page();
   * const next = await tidings.messages.list({ state: "failed", limit: 20, cursor: nextCursor }).page();
   */
  page(): Promise<Page<Item>> {
    return this.#load(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.#load(cursor);
      yield* page.items;
      if (page.nextCursor !== undefined && page.nextCursor === cursor) {
        throw new TidingsAnswerError(this.#operation, 200, [{ path: "nextCursor", message: "is that of this page" }]);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}
