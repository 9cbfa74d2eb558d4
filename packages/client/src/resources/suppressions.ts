import type {
  newSuppressionSchema,
  SuppressionsAdded,
  SuppressionView,
  suppressionQuerySchema,
} from "@tidings/contract/suppressions";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { suppressionParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Addresses that get nothing, or not everything. */
export class Suppressions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Suppressions, of all addresses or of one. An address is never shown: its hash stands for it.
   *
   * @example
   * const query = { channel: "email", address: "anna@example.com" } as const;
   * for await (const { scope, value, reason } of tidings.suppressions.list(query)) console.log(scope, value, reason);
   */
  list(query?: SuppressionQuery, options?: CallOptions): Pages<SuppressionView> {
    return pagesOf(this.#transport, operations.suppressions.list, query, options);
  }

  /**
   * Adds up to 1,000: all of them, or, where one has a fault, none. Those that are there already stay as they are.
   *
   * @example
   * const { added } = await tidings.suppressions.add([
   *   { channel: "email", address: "anna@example.com" },
   *   { channel: "email", address: "ben@example.com", scope: "category", value: "newsletter" },
   * ]);
   */
  add(suppressions: readonly SuppressionInput[], options?: CallOptions): Promise<SuppressionsAdded> {
    return this.#transport.call(operations.suppressions.add, { body: () => ({ suppressions }) }, options);
  }

  /**
   * Removes a suppression: what it stopped goes out again from then on.
   *
   * @example
   * for await (const { id } of tidings.suppressions.list({ channel: "email", address: "anna@example.com" })) {
   *   await tidings.suppressions.remove(id);
   * }
   */
  remove(id: string, options?: CallOptions): Promise<void> {
    const input = { path: { id: suppressionParameter(id) } };
    return this.#transport.call(operations.suppressions.remove, input, options);
  }

  /**
   * Adds suppressions from CSV, whose first line names the columns: all lines, or, where one has a fault, none.
   *
   * @example
   * const { added } = await tidings.suppressions.import("channel,address\nemail,anna@example.com\n");
   */
  import(csv: string, options?: CallOptions): Promise<SuppressionsAdded> {
    return this.#transport.call(operations.suppressions.import, { text: csv }, options);
  }
}

export type { SuppressionView } from "@tidings/contract/suppressions";
export type SuppressionInput = z.input<typeof newSuppressionSchema>;
export type SuppressionQuery = PageQuery & Omit<z.input<typeof suppressionQuerySchema>, keyof PageQuery>;
