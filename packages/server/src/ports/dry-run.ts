import type { CategoryBody } from "@tidings/contract/categories";
import type { PolicyBody } from "@tidings/contract/policies";
import type { InlineRecipient } from "@tidings/contract/recipients";
import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { MessageFacts } from "../domain/steps/message-facts.ts";
import type { Json, StepFacts } from "../domain/steps/step-kind.ts";
import type { Versioned } from "./configuration.ts";
import type { NewDecision, NewMessage } from "./store/orchestrate.ts";

/** What has become of a step's messages, as far as it is given. */
export type AssumedFacts = { readonly [Fact in keyof MessageFacts]?: MessageFacts[Fact] | undefined };

export interface DryRunRequest {
  /** Version 0 where it is not published. */
  workflow: Versioned<WorkflowBody>;
  /** In place of the workflow's own, and of the environment's. */
  category: CategoryBody | undefined;
  policy: PolicyBody | undefined;
  event: {
    /** Of a past one; undefined for one that is made up. */
    id: string | undefined;
    name: string;
    tenant: string;
    scheduledAt: number | undefined;
    expiresAt: number | null;
    data: Record<string, Json>;
  };
  recipients: readonly string[];
  /** Those of them that are laid over what is known. */
  inline: readonly InlineRecipient[];
  /** When it comes in. */
  now: number;
  assume: {
    /** By step: what has become of its messages when a later step asks. */
    messages: Readonly<Record<string, AssumedFacts>>;
    /** By fetch step: what it answers. */
    fetches: Readonly<Record<string, Json>>;
    /** By step that waits for an event: the data of the one that arrives; it does not where that is left out. */
    arrivals: Readonly<Record<string, { [key: string]: Json }>>;
  };
}

/** What a message would be rendered with. */
export interface DryRunRendering {
  recipient: StepFacts["recipient"];
  data: Record<string, unknown>;
  steps: Readonly<Record<string, Json>> | undefined;
}

/** A message that would be made, or a decision that makes none. */
export type DryRunOutcome =
  | { message: NewMessage; isSuppressed: boolean; rendering: DryRunRendering }
  | { decision: NewDecision };

export interface DryRunResult {
  lane: Lane;
  outcomes: readonly DryRunOutcome[];
  /** What was taken for given, by step. */
  assumed: readonly { step: string; text: string }[];
}

/** Takes an event through a workflow and writes nothing. */
export interface DryRuns {
  /** Throws `validation_failed` where the workflow refuses the event's data. */
  run(environmentId: number, request: DryRunRequest): Promise<DryRunResult>;
}
