import type { WorkerFacts } from "@tidings/contract/workers";
import type { DeliverLoad } from "../pipeline/deliver/load.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";
import type { Reads } from "./reads.ts";

/** What the deliver stage has in hand, as this process tells all others: environments by their keys. */
export function workerFacts(
  { inFlight, buffers }: DeliverLoad,
  reads: Pick<Reads, "list">,
  environments: readonly EnvironmentRow[],
): WorkerFacts {
  const read = reads.list(environments);
  return {
    inFlight,
    ...(read.length === 0 ? {} : { reads: read }),
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
