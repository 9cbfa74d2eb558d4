import type { DayReason } from "@tidings/contract/allowances";
import type { Delivery } from "../../domain/delivery.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { OutcomeResult, Settlement } from "../../ports/store/deliver.ts";
import type { DeliverDependencies } from "./ports.ts";
import { untilNextDay } from "./put-off.ts";

/** Has messages wait for the next day. There may be very many of them at once, so they are written in batches. */
export class PutOffs {
  readonly #on: DeliverDependencies;
  readonly #batcher: Batcher<Settlement, OutcomeResult>;

  constructor(dependencies: DeliverDependencies) {
    this.#on = dependencies;
    this.#batcher = new Batcher((settlements) => dependencies.store.settleMessages({ settlements }), {
      batchMax: dependencies.limits.batchMax,
      openMax: 2,
    });
  }

  /** Resolves when it is settled: put off, or, where it ends before that, expired. */
  async add(delivery: Delivery, reason: DayReason): Promise<void> {
    const { clock, limits, random, observer } = this.#on;
    const now = clock.now();
    const { expiresAt, attempts, id: messageId, origin } = delivery;
    const after = untilNextDay(reason, { now, expiresAt }, limits.daySpreadMs, random.number());
    await this.#batcher.submit({ environmentId: origin.environmentId, messageId, attempts, at: now, after });
    observer.onPutOffToNextDay(delivery, reason);
  }
}
