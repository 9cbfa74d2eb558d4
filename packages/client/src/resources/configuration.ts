import type { ProbeView } from "@tidings/contract/readiness";
import type { z } from "zod";
import type { Page, Pages } from "../pages.ts";
import type { Operation } from "../transport/operation.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** A document beside its key, version and time. Of secrets only the names are shown. */
export interface ConfigurationView<Document> {
  key: string;
  version: number;
  updatedAt: string;
  secretNames?: string[] | undefined;
  /** Of an integration that is read: how it stood last. */
  probe?: ProbeView | undefined;
  /** Where this version's document came from, when it was not written by hand: `version 3`, `staging version 12`. */
  origin?: string | undefined;
  document: Document;
}

/** The calls of one kind of configuration, as in `operations`. */
export interface ConfigurationOperations<Body extends z.ZodType> {
  readonly put: Operation & { readonly body: Body; readonly response: z.ZodType<ConfigurationView<z.output<Body>>> };
  readonly get: Operation & { readonly response: z.ZodType<ConfigurationView<z.output<Body>>> };
  readonly list: Operation & { readonly response: z.ZodType<Page<ConfigurationView<z.output<Body>>>> };
  readonly delete: Operation;
}

/**
 * Versioned documents of one kind under keys that you choose.
 * Configuration that lives in your repository is pushed by the CLI; these calls are for what is made by a program.
 */
export class Configuration<Body extends z.ZodType> {
  readonly #transport: Transport;
  readonly #operations: ConfigurationOperations<Body>;

  constructor(transport: Transport, operations: ConfigurationOperations<Body>) {
    this.#transport = transport;
    this.#operations = operations;
  }

  /**
   * Writes a document: a new version where it differs from the current one.
   *
   * @example
   * const { version } = await tidings.workflows.put("order-shipped", {
   *   event: "order.shipped",
   *   category: "orders",
   *   steps: [{ id: "mail", type: "channel", channel: "email", template: "order-shipped" }],
   * });
   */
  put(key: string, document: z.input<Body>, options?: CallOptions): Promise<ConfigurationView<z.output<Body>>> {
    return this.#transport.call(
      this.#operations.put,
      { path: { key: keyParameter(key) }, body: () => document },
      options,
    );
  }

  /**
   * Reads the current version.
   *
   * @example
   * const { document } = await tidings.templates.get("order-shipped");
   * console.log(document.email?.subject);
   */
  get(key: string, options?: CallOptions): Promise<ConfigurationView<z.output<Body>>> {
    return this.#transport.call(this.#operations.get, { path: { key: keyParameter(key) } }, options);
  }

  /**
   * All documents of the kind, by key.
   *
   * @example
   * for await (const { key, version, document } of tidings.categories.list()) {
   *   console.log(key, version, document.class);
   * }
   */
  list(query?: PageQuery, options?: CallOptions): Pages<ConfigurationView<z.output<Body>>> {
    return pagesOf(this.#transport, this.#operations.list, query, options);
  }

  /**
   * Deletes a document. What something else refers to is refused with `in_use`.
   *
   * @example
   * await tidings.integrations.delete("old-smtp");
   */
  async delete(key: string, options?: CallOptions): Promise<void> {
    await this.#transport.call(this.#operations.delete, { path: { key: keyParameter(key) } }, options);
  }
}
