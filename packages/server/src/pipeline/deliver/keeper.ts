import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { Pause } from "../../domain/pause.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { Hold, HoldResult } from "../../ports/store/pauses.ts";
import type { DeliverDependencies } from "./ports.ts";

/**
 * Has messages kept by the pauses that they are of, in batches per lane: where a campaign's lane is paused they are many. Kept, a
 * message is the store's alone, and comes again when its pause ends, or when it expires.
 */
export class Keeper {
  readonly #on: Pick<DeliverDependencies, "store" | "clock">;
  readonly #batchers: Record<Lane, Batcher<Hold, HoldResult>>;

  constructor(dependencies: Pick<DeliverDependencies, "store" | "clock" | "limits">) {
    this.#on = dependencies;
    const { store, limits } = dependencies;
    const batcher = (lane: Lane) =>
      new Batcher<Hold, HoldResult>((holds) => store.holdMessages({ holds, lane }), {
        batchMax: limits.batchMax,
        openMax: 2,
      });
    this.#batchers = {
      critical: batcher("critical"),
      transactional: batcher("transactional"),
      marketing: batcher("marketing"),
    };
  }

  /** Resolves when it is settled: kept, or, where its time is up, expired. */
  async keep({ id: messageId, origin, attempts, expiresAt }: Delivery, pause: Pause): Promise<void> {
    const at = this.#on.clock.now();
    const { environmentId, lane } = origin;
    if (expiresAt === null || expiresAt > at) {
      await this.#batchers[lane].submit({ environmentId, messageId, attempts, pauseId: pause.id, at });
      return;
    }
    const after = { state: "expired", reason: "expired" } as const;
    await this.#on.store.settleMessages({ settlements: [{ environmentId, messageId, attempts, at, after }] });
  }
}
