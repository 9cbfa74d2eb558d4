import type { AllowanceList } from "@tidings/contract/allowances";
import type { QueueList } from "@tidings/contract/queues";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Transport } from "../transport/transport.ts";

/** What waits in the whole installation, and why. */
export class Queues {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Every queue: how much is due, for how long, what comes in and goes out per minute, and what holds it.
   *
   * @example
   * const { items } = await tidings.queues.list();
   * for (const { queue, lane, due, held } of items) if (held) console.error(queue, lane, due, held.reason, held.detail);
   */
  list(options?: CallOptions): Promise<QueueList> {
    return this.#transport.call(operations.queues.list, {}, options);
  }

  /**
   * What is used of today's bounds (UTC): quotas and warm-ups of integrations, the environment's budget and the tenant's.
   *
   * @example
   * const { items } = await tidings.queues.allowances({ tenant: "acme" });
   * for (const { integration, used, max, reason } of items) if (reason) console.error(integration, used, max, reason);
   */
  allowances(query: { tenant?: string } = {}, options?: CallOptions): Promise<AllowanceList> {
    return this.#transport.call(operations.queues.allowances, { query: () => query }, options);
  }
}
