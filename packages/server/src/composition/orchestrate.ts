import type { Config } from "../config.ts";
import type { OrchestrateLimits } from "../pipeline/orchestrate/limits.ts";
import { Orchestrate } from "../pipeline/orchestrate/orchestrate.ts";
import type { OrchestrateDependencies } from "../pipeline/orchestrate/ports.ts";
import type { Queue } from "../ports/queue.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The orchestrate stage with the limits of the settings. */
export function createOrchestrate(
  parts: PipelineParts,
  queue: Queue,
  neighbours: Pick<OrchestrateDependencies, "takeEvent" | "handOver" | "places">,
): Orchestrate {
  const { config, observer } = parts;
  return new Orchestrate({
    ...parts,
    ...neighbours,
    queue,
    lookBack: parts.configuration,
    awaited: parts.configuration,
    limits: orchestrateLimits(config),
    onFault: (where, id, error) => observer.onFault(where, id, error),
    onRunaway: (environmentId, root, reason) => observer.onRunaway(environmentId, root, reason),
    onFetched: (runId, step, answer, tookMs) => observer.onFetched(runId, step, answer, tookMs),
    onCommitted: (lane, _events, waitedMs) => observer.onOrchestrated(lane, waitedMs),
  });
}

/** On PostgreSQL a turn holds up no other in the store; it is no longer than where nothing more urgent comes. */
function shortStrideOf({ orchestrate, database }: Config): number {
  const { turnRecipientsMax, strideRecipientsMax } = orchestrate;
  return database.url === undefined ? turnRecipientsMax : Math.min(2 * turnRecipientsMax, strideRecipientsMax);
}

export function orchestrateLimits(config: Config): OrchestrateLimits {
  return {
    effects: {
      openMax: config.fetch.requestsMax,
      openPerBoundMax: config.fetch.hostRequestsMax,
      heldPerKeyMax: config.fetch.hostWaitingMax,
      lookMax: config.fetch.lookMax,
      pollMs: config.queue.pollIntervalMs,
      responseBytesMax: config.fetch.responseBytesMax,
      journalBytesMax: config.fetch.journalBytesMax,
      timeoutMs: config.fetch.timeoutMs,
    },
    derived: {
      depthMax: config.orchestrate.derivedDepthMax,
      perRootMax: config.orchestrate.derivedPerRootMax,
      countKeptMs: config.orchestrate.derivedCountKeptMs,
      dataBytesMax: config.orchestrate.derivedDataBytesMax,
    },
    digest: config.digest,
    recent: config.recent,
    waits: config.waits,
    batchMax: config.orchestrate.batchMax,
    concurrency: config.orchestrate.concurrency,
    recipientsPerTurn: config.orchestrate.turnRecipientsMax,
    recipientsPerStride: config.orchestrate.strideRecipientsMax,
    recipientsPerShortStride: shortStrideOf(config),
    strideQuietMs: config.orchestrate.strideQuietMs,
    expandedWaitingMax: config.orchestrate.expandedWaitingMax,
    expansionHeldMs: config.orchestrate.expansionHeldMs,
    expansionTurnsMax: config.orchestrate.expansionTurnsMax,
    replayLookedMax: config.orchestrate.replayLookedMax,
    segmentLookedMax: config.segments.lookedMax,
    segmentMessagesMax: config.segments.messagesMax,
    pacedMessages: config.queue.pacedMessages,
    paceMaxMs: config.queue.paceMaxMs,
    openedRecipientsMax: config.orchestrate.openedRecipientsMax,
    firstTurnRecipientsMax: config.orchestrate.firstTurnRecipientsMax,
    messagesPerCommit: config.orchestrate.commitMessagesMax,
    deferralSpreadMs: config.orchestrate.deferralSpreadMs,
    attentionEntriesMax: config.orchestrate.attentionEntriesMax,
    attentionHorizonMs: config.orchestrate.attentionHorizonMs,
  };
}
