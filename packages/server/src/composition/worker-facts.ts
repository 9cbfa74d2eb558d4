import type { WorkerFacts } from "@tidings/contract/workers";
import type { DeliverLoad } from "../pipeline/deliver/load.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";

/** What the deliver stage has in hand, as this process tells all others: environments by their keys. */
export function workerFacts({ inFlight, buffers }: DeliverLoad, environments: readonly EnvironmentRow[]): WorkerFacts {
  return {
    inFlight,
    buffers: buffers.map(({ integration, lanes, waiting, inFlight, reason }) => ({
      integration: integration.key,
      environment: environments.find(({ id }) => id === integration.environmentId)?.key,
      channel: integration.document.channel,
      lanes: [...lanes],
      waiting,
      inFlight,
      reason,
    })),
  };
}
