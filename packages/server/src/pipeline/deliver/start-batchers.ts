import type { Lane } from "@tidings/contract/words";
import { Batcher } from "../../lib/batcher.ts";
import type { AttemptStart, DeliverStore, StartResult } from "../../ports/store/deliver.ts";

export type StartBatchers = Record<Lane, Batcher<AttemptStart, StartResult>>;

/** STARTED of an integration's messages, in batches of one lane. */
export function startBatchers(store: Pick<DeliverStore, "startAttempts">, batchMax: number): StartBatchers {
  const batcher = (lane: Lane) =>
    new Batcher<AttemptStart, StartResult>((attempts) => store.startAttempts({ attempts, lane }), {
      batchMax,
      openMax: 2,
    });
  return {
    critical: batcher("critical"),
    transactional: batcher("transactional"),
    marketing: batcher("marketing"),
  };
}
