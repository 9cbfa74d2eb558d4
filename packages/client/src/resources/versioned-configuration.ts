import type { ConfigurationVersion } from "@tidings/contract/configuration";
import type { z } from "zod";
import type { Page, Pages } from "../pages.ts";
import type { Operation } from "../transport/operation.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import { Configuration, type ConfigurationOperations, type ConfigurationView } from "./configuration.ts";

/** The calls of one kind of configuration that has versions, as in `operations`. */
export interface VersionedOperations<Body extends z.ZodType> extends ConfigurationOperations<Body> {
  readonly versions: Operation & { readonly response: z.ZodType<Page<ConfigurationVersion>> };
  readonly rollback: Operation & { readonly response: z.ZodType<ConfigurationView<z.output<Body>>> };
}

/** Documents of one kind whose earlier versions stay, and can be published again. */
export class VersionedConfiguration<Body extends z.ZodType> extends Configuration<Body> {
  readonly #transport: Transport;
  readonly #operations: VersionedOperations<Body>;

  constructor(transport: Transport, operations: VersionedOperations<Body>) {
    super(transport, operations);
    this.#transport = transport;
    this.#operations = operations;
  }

  /**
   * A document as a version published it.
   *
   * @example
   * const { document } = await tidings.templates.getVersion("order-shipped", 3);
   * console.log(document.email?.subject);
   */
  getVersion(key: string, version: number, options?: CallOptions): Promise<ConfigurationView<z.output<Body>>> {
    const input = { path: { key: keyParameter(key) }, query: () => ({ version }) };
    return this.#transport.call(this.#operations.get, input, options);
  }

  /**
   * Versions of a document, newest first.
   *
   * @example
   * for await (const { version, current, updatedAt } of tidings.workflows.versions("order-shipped")) {
   *   console.log(version, current, updatedAt);
   * }
   */
  versions(key: string, query?: PageQuery, options?: CallOptions): Pages<ConfigurationVersion> {
    return pagesOf(this.#transport, this.#operations.versions, query, options, { key: keyParameter(key) });
  }

  /**
   * Publishes an earlier version again, exactly as it was, as a new one. As a second call would make a further version,
   * it is repeated only where the server said that it did nothing.
   *
   * @example
   * const { version } = await tidings.templates.rollback("order-shipped", 3);
   */
  rollback(key: string, version: number, options?: CallOptions): Promise<ConfigurationView<z.output<Body>>> {
    const input = { path: { key: keyParameter(key) }, body: () => ({ version }) };
    return this.#transport.call(this.#operations.rollback, input, options);
  }
}
