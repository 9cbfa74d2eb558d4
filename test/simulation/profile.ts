import { type Config, defaultConfig } from "../../packages/server/src/config.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";

/** How rough a seed's world is. Some are calm: there, nothing may go wrong at all. */
export interface Profile {
  /** Chance of a crash at each edge between durable steps, and between timers. */
  crash: number;
  /** Chance that a vendor's call goes wrong as a whole. */
  callFault: number;
  /** Chance that a vendor refuses a message. */
  refusal: number;
  /** Longest time that a turn of the store waits, ms, other than now and then. */
  turnDelayMs: number;
  /** Chance that a turn of the store is slow. */
  slowTurn: number;
  turnCallsMax: number;
  config: Config;
}

/** Time of one call to a vendor. */
export const callTimeoutMs = 2000;
export const leaseMarginMs = 500;

export function profileOf(random: SeededRandom): Profile {
  return {
    crash: random.pick([0, 0.001, 0.004, 0.01]),
    callFault: random.pick([0, 0.1, 0.3, 0.6]),
    refusal: random.pick([0, 0.1, 0.3, 0.6]),
    turnDelayMs: random.pick([0, 2, 10]),
    slowTurn: random.pick([0, 0.01, 0.05]),
    turnCallsMax: random.pick([3, 8, 100]),
    config: configOf(random),
  };
}

const defaults = defaultConfig();

/** Small limits: the edges of batches, buffers and turns are what is to be met. */
function configOf(random: SeededRandom): Config {
  const topicItemsMax = random.pick([10, 100]);
  return {
    ...defaults,
    queue: { ...defaults.queue, topicItemsMax, pollIntervalMs: 5000 },
    orchestrate: {
      ...defaults.orchestrate,
      batchMax: random.pick([1, 4]),
      commitMessagesMax: random.pick([2, 50]),
      turnRecipientsMax: random.pick([1, 3, 100]),
      expandedWaitingMax: random.pick([1, 4, 20_000]),
    },
    segments: { ...defaults.segments, lookedMax: random.pick([1, 4, 1000]) },
    waits: { ...defaults.waits, ...(topicItemsMax === 10 ? { wakesMax: 1, wakesPerCallMax: 1 } : {}) },
    fetch: {
      ...defaults.fetch,
      requestsMax: random.pick([1, 2, 32]),
      hostRequestsMax: random.pick([1, 2, 8]),
      hostWaitingMax: random.pick([1, 3, 50]),
    },
    deliver: {
      ...defaults.deliver,
      maxInFlight: random.pick([2, 6, 20]),
      integrationInFlightMax: random.pick([1, 4, 20]),
      integrationBufferMax: random.pick([2, 50]),
      batchMax: random.pick([2, 10]),
      integrationCallsMax: 2,
      overflowDelayMs: 500,
      overflowDelayMaxMs: 4000,
      callTimeoutMs,
      leaseMarginMs,
    },
  };
}
