import type {
  ConfigurationCheck,
  configurationAppliedSchema,
  configurationSetSchema,
} from "@tidings/contract/configuration";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Transport } from "../transport/transport.ts";

/** Documents that hold together, of any kinds, written in one commit; `tidings push` is made of these calls. */
export class WholeConfiguration {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * What applying the documents would do, or why it would be refused. Writes nothing.
   *
   * @example
   * const { faults, documents } = await tidings.configuration.check({
   *   documents: [{ kind: "category", key: "orders", document: { class: "transactional" } }],
   * });
   */
  check(set: z.input<typeof configurationSetSchema>, options?: CallOptions): Promise<ConfigurationCheck> {
    return this.#transport.call(operations.configuration.check, { body: () => set }, options);
  }

  /**
   * Writes and deletes documents, all of them or none. Where `expect` names a version that is another by now, nothing
   * is done, and the error's code is `version_conflict`.
   *
   * @example
   * const { documents } = await tidings.configuration.apply({
   *   documents: [{ kind: "category", key: "orders", document: { class: "transactional" } }],
   *   expect: [{ kind: "category", key: "orders", version: 3 }],
   * });
   */
  apply(
    set: z.input<typeof configurationSetSchema>,
    options?: CallOptions,
  ): Promise<z.infer<typeof configurationAppliedSchema>> {
    return this.#transport.call(operations.configuration.apply, { body: () => set }, options);
  }
}
