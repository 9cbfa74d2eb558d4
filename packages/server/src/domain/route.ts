import type { IntegrationBody } from "@tidings/contract/integrations";
import type { Channel, Lane } from "@tidings/contract/words";

export interface Candidate {
  key: string;
  document: IntegrationBody;
}

/** Integrations that may carry a message, best first: enabled, of its channel, serving its lane, by priority, then by key. */
export function candidates<C extends Candidate>(all: readonly C[], channel: Channel, lane: Lane): C[] {
  return all
    .filter(
      ({ document }) =>
        document.channel === channel && document.enabled !== false && (document.lanes?.includes(lane) ?? true),
    )
    .sort((a, b) => (a.document.priority ?? 100) - (b.document.priority ?? 100) || (a.key < b.key ? -1 : 1));
}

/** The one that a message has to go by, whatever lanes it serves: it answers what came in there. */
export function named<C extends Candidate>(all: readonly C[], channel: Channel, key: string): C[] {
  return all.filter(
    (candidate) =>
      candidate.key === key && candidate.document.channel === channel && candidate.document.enabled !== false,
  );
}

/**
 * Which of them makes this attempt: the best that did not refuse it last. An attempt whose end is unknown goes to the
 * same integration again, whose own idempotency and records alone can tell repetitions; where that is gone, marketing
 * goes nowhere, as it may go out at most once.
 */
export function choose<C extends Candidate>(
  ordered: readonly C[],
  last: { integration: string; outcome: "rejected" | "unknown" } | undefined,
  lane: Lane,
): C | undefined {
  if (last?.outcome === "unknown") {
    const same = ordered.find((candidate) => candidate.key === last.integration);
    return same ?? (lane === "marketing" ? undefined : ordered[0]);
  }
  return ordered.find((candidate) => candidate.key !== last?.integration) ?? ordered[0];
}
