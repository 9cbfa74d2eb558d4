import type { WorkerList } from "@tidings/contract/workers";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Transport } from "../transport/transport.ts";

/** The processes of the whole installation. */
export class Workers {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Every process that is not gone: its roles, when it was heard of last, and what it has in memory.
   *
   * @example
   * const { items } = await tidings.workers.list();
   * const late = items.filter(({ state }) => state === "late");
   */
  list(options?: CallOptions): Promise<WorkerList> {
    return this.#transport.call(operations.workers.list, {}, options);
  }
}
