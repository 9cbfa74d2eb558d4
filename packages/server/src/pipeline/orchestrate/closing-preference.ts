import type { Delivery } from "../../domain/delivery.ts";
import type { DigestScope } from "../../domain/policy/preference-digest.ts";
import type { WindowEnd } from "../../ports/store/digests.ts";
import type { NewDecision, NewMessage, RunProgress, RunRecord } from "../../ports/store/orchestrate.ts";
import type { Gathered } from "./digest-content.ts";
import type { OrchestrateKeyring } from "./ports.ts";
import type { OutputSource } from "./run-output.ts";

/** What the closing of a window comes to. */
export interface ClosedPreference {
  progress: RunProgress;
  /** Left out where the run dies, which keeps what it has gathered. */
  window?: WindowEnd;
  messages: NewMessage[];
  decisions: NewDecision[];
  deliveries: Delivery[];
}

export type ClosingSource = OutputSource & { keyring: OrchestrateKeyring };

/** A closing under way. */
export interface Closing extends ClosedPreference {
  record: RunRecord;
  scope: DigestScope;
  now: number;
  source: ClosingSource;
}

type Why = Pick<NewDecision, "reason"> & Partial<NewDecision>;

/** Of one gathered event, or of the digest. */
export function notSent({ record, scope, now }: Closing, why: Why, gathered?: Gathered): NewDecision {
  return {
    environmentId: record.environmentId,
    eventId: gathered?.entry.eventId ?? record.event.id,
    runId: gathered?.entry.runId ?? record.id,
    recipient: record.recipient,
    workflow: gathered?.workflow ?? "",
    workflowVersion: 0,
    step: "",
    channel: scope.channel,
    outcome: "not_sent",
    rule: "",
    versions: "",
    detail: "",
    at: now,
    ...why,
  };
}
