import type { BatchResult } from "@tidings/contract/batch";
import type { Accepted, Canceled, EventView } from "@tidings/contract/events";
import { operations } from "../operations.ts";
import type { CallOptions, SendOptions } from "../transport/options.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import type { BatchEventInput, EventInput, EventName } from "../types/event-map.ts";

/** Reports what happened, stops it, and shows what became of it. */
export class Events<EventTypes> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Reports an event; resolves when it is durable. It carries an idempotency key, yours or a random one, so that it
   * happens once, however often the call has to be repeated.
   *
   * @example
   * const { id } = await tidings.events.send(
   *   "order.shipped",
   *   { recipients: ["user_1", { id: "user_2", email: "anna@example.com" }], data: { order: "4711" } },
   *   { idempotencyKey: "order-4711-shipped" },
   * );
   */
  send<Name extends EventName<EventTypes>>(
    name: Name,
    event: EventInput<EventTypes[Name]>,
    options?: SendOptions,
  ): Promise<Accepted> {
    return this.#transport.send(operations.events.send, { body: () => ({ ...event, name }) }, options);
  }

  /**
   * Reports up to 1,000 events. The answer has one result per event, in order: its id, or the error that it has alone.
   * Each event gets an idempotency key where it has none.
   *
   * @example
   * const { results } = await tidings.events.sendBatch([
   *   { name: "order.shipped", recipients: ["user_1"], data: { order: "4711" }, idempotencyKey: "order-4711-shipped" },
   *   { name: "order.shipped", recipients: ["user_2"], data: { order: "4712" } },
   * ]);
   * for (const result of results) if ("error" in result) console.error(result.error.code);
   */
  sendBatch(events: readonly BatchEventInput<EventTypes>[], options?: CallOptions): Promise<BatchResult> {
    const operation = operations.events.sendBatch;
    const keyed = (event: unknown): unknown => {
      if (typeof event !== "object" || event === null || Array.isArray(event)) return event;
      const { idempotencyKey = this.#transport.automaticKey(options?.retries), ...rest }: { idempotencyKey?: unknown } =
        event;
      return { ...rest, idempotencyKey };
    };
    return this.#transport.call(operation, { body: () => ({ events: Array.from(events, keyed) }) }, options);
  }

  /**
   * Stops what has not gone out yet of all events with this cancellation key, and says how much that was.
   *
   * @example
   * const { messages } = await tidings.events.cancel("order-4711");
   */
  cancel(cancellationKey: string, options?: CallOptions): Promise<Canceled> {
    return this.#transport.call(operations.events.cancel, { body: () => ({ cancellationKey }) }, options);
  }

  /**
   * An event with its runs, decisions, messages and their attempts.
   *
   * @example
   * const event = await tidings.events.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   * for (const decision of event.decisions) console.log(decision.outcome, decision.reason);
   */
  get(id: string, options?: CallOptions): Promise<EventView> {
    return this.#transport.call(operations.events.get, { path: { id: idParameter(id) } }, options);
  }
}
