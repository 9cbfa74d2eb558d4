import type { Environments as EnvironmentList } from "@tidings/contract/configuration";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Transport } from "../transport/transport.ts";

/** Isolated worlds of data, keys and configuration. */
export class Environments {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Names of all environments, and which one the API key is of.
   *
   * @example
   * const { current, items } = await tidings.environments.list();
   */
  list(options?: CallOptions): Promise<EnvironmentList> {
    return this.#transport.call(operations.environments.list, {}, options);
  }
}
