import type { Config } from "../config.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { HandOver } from "../lib/hand-over.ts";
import { Deliver } from "../pipeline/deliver/deliver.ts";
import type { HealthLimits } from "../pipeline/deliver/health-ports.ts";
import type { Queue } from "../ports/queue.ts";
import type { PipelineParts } from "./pipeline-parts.ts";
import { publicUrlOf } from "./public-url.ts";

function healthOf({ deliver }: Config): HealthLimits {
  const integration = {
    failuresMin: deliver.circuitFailuresMin,
    failedShare: deliver.circuitFailedPercent / 100,
    windowMs: deliver.circuitWindowMs,
    streakMin: deliver.circuitStreakMin,
    silenceMs: deliver.circuitSilenceMs,
    silentCallsMin: deliver.circuitSilentCallsMin,
    pauseMs: deliver.circuitPauseMs,
    pauseMaxMs: deliver.circuitPauseMaxMs,
  };
  const { destinationPauseMs: pauseMs, destinationPauseMaxMs: pauseMaxMs, destinationsMax } = deliver;
  return { integration, destination: { ...integration, pauseMs, pauseMaxMs }, destinationsMax };
}

/** The deliver stage with the limits of the settings. */
export function createDeliver(parts: PipelineParts, queue: Queue, deliveries: HandOver<Delivery>): Deliver {
  const { config } = parts;
  return new Deliver({
    ...parts,
    queue,
    takeDelivery: (id) => deliveries.take(id),
    optOut: { ...config.optOut, publicUrl: () => publicUrlOf(config) },
    limits: {
      maxInFlight: config.deliver.maxInFlight,
      maxInFlightPerIntegration: config.deliver.integrationInFlightMax,
      maxInFlightPerDestination: config.deliver.hostInFlightMax,
      callsPerIntegration: config.deliver.integrationCallsMax,
      bufferPerIntegration: config.deliver.integrationBufferMax,
      bufferPerDestination: config.deliver.hostBufferMax,
      topicItemsMax: config.queue.topicItemsMax,
      overflowDelayMs: config.deliver.overflowDelayMs,
      overflowDelayMaxMs: config.deliver.overflowDelayMaxMs,
      timeoutMs: config.deliver.callTimeoutMs,
      leaseMarginMs: config.deliver.leaseMarginMs,
      batchMax: config.deliver.batchMax,
      handlerBatchMax: config.deliver.batchMax,
      health: healthOf(config),
      tolls: {
        chunkMax: config.deliver.allowanceChunkMax,
        pursesMax: config.deliver.allowancesMax,
        usedUpMs: config.deliver.allowanceAskAgainMs,
        lookMs: config.deliver.warmUpLookMs,
      },
      daySpreadMs: config.deliver.daySpreadMs,
      failingTemplatesMax: config.deliver.failingTemplatesMax,
      releasedPerCallMax: config.deliver.releasedPerCallMax,
      compiledTemplatesMax: config.deliver.compiledTemplatesMax,
    },
  });
}
