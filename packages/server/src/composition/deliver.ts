import type { Delivery } from "../domain/delivery.ts";
import type { HandOver } from "../lib/hand-over.ts";
import { Deliver } from "../pipeline/deliver/deliver.ts";
import type { Queue } from "../ports/queue.ts";
import type { PipelineParts } from "./pipeline-parts.ts";
import { publicUrlOf } from "./public-url.ts";

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
      failingTemplatesMax: config.deliver.failingTemplatesMax,
      compiledTemplatesMax: config.deliver.compiledTemplatesMax,
    },
  });
}
