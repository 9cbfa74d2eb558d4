import type { DeadLetterView, deadLetterReplayBodySchema, Replayed } from "@tidings/contract/dead-letters";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** What could not be done, kept until it is replayed. */
export class DeadLetters {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Dead letters, newest first.
   *
   * @example
   * for await (const letter of tidings.deadLetters.list()) console.log(letter.id, letter.kind, letter.reason);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<DeadLetterView> {
    return pagesOf(this.#transport, operations.deadLetters.list, query, options);
  }

  /**
   * One dead letter, with its message where it is one.
   *
   * @example
   * const { reason, detail } = await tidings.deadLetters.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  get(id: string, options?: CallOptions): Promise<DeadLetterView> {
    return this.#transport.call(operations.deadLetters.get, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Tries dead letters again under the same ids: those named, or the oldest that fit the filter, up to `limit`. As a
   * second call would replay further ones, it is repeated only where the server said that it did nothing.
   *
   * @example
   * const { replayed } = await tidings.deadLetters.replay({ channel: "email", limit: 100 });
   */
  replay(selection: ReplaySelection, options?: CallOptions): Promise<Replayed> {
    return this.#transport.call(operations.deadLetters.replay, { body: () => selection }, options);
  }
}

/** Either `ids`, or a filter with a `limit`. */
export type ReplaySelection = z.input<typeof deadLetterReplayBodySchema>;
