import type { Spread } from "@tidings/contract/campaigns";
import type { CategoryBody } from "@tidings/contract/categories";
import type { DryRunGap } from "@tidings/contract/dry-runs";
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

/** All of a topic, or of a segment. */
export type DryRunAudience = { topic: string } | { segment: string };

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
    /** Of a campaign whose messages are spread. */
    spread: Spread | undefined;
    isOrdered: boolean;
  };
  recipients: readonly string[];
  /** Those who come behind them: all of each topic, then of each segment, who are in it now. */
  audiences: readonly DryRunAudience[];
  /** Those of the recipients that are laid over what is known. */
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
  notWeighed: ReadonlySet<DryRunGap>;
  /** Messages of dry runs that this one follows, or its own, whose place one of its messages takes. */
  superseded: readonly NewMessage[];
}

/** Recipients that were not looked at. */
export interface LeftOut {
  /** Those who are named, and subscribers of topics, of each topic counted by itself. */
  recipients: number;
  /** Keys of the segments whose members were not all looked at: how many those are, only a look tells. */
  segments: readonly string[];
}

/** A page of an event's recipients, and what would come of them. */
export interface DryRunPage extends DryRunResult {
  recipients: readonly string[];
}

export interface DryRunReach {
  lane: Lane;
  /** Recipients who were looked at. */
  weighed: number;
  /** Undefined where those are all. */
  leftOut: LeftOut | undefined;
}

/** Takes an event through a workflow and writes nothing. */
export interface DryRuns {
  /**
   * Page by page, as many recipients as the limit lets through within the time. Throws `validation_failed` where the workflow refuses the
   * event's data, and `overloaded` where as many are under way as may be.
   */
  run(environmentId: number, request: DryRunRequest, take: (page: DryRunPage) => void): Promise<DryRunReach>;
}
