import type { DigestStep } from "@tidings/contract/digest-step";
import type { EventStep } from "@tidings/contract/event-step";
import type { FallbackTerms } from "@tidings/contract/fallback";
import type { ThrottleStep } from "@tidings/contract/throttle-step";
import type { WaitForStep } from "@tidings/contract/wait-for-step";
import type { Channel } from "@tidings/contract/words";
import type { FetchStep } from "@tidings/contract/workflows";
import type { WatchedMessage } from "../fallback.ts";
import type { Recent } from "../recent-message.ts";
import type { MessageFacts } from "./message-facts.ts";

/** Messages of a step, from when they were to go out, and the time of the watch, ms. */
export interface Watched {
  messages: readonly WatchedMessage[];
  from: number;
  at: number;
}

/** A value that survives JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** All that a step may read. What would differ on a rerun (a fetch, a random choice) is read from the journal. */
export interface StepFacts {
  data: Record<string, unknown>;
  recipient: {
    id: string;
    locale?: string | undefined;
    timeZone?: string | undefined;
    attributes: Record<string, unknown>;
  };
  /** What has become of the run's messages so far, by step. */
  messages: ReadonlyMap<string, MessageFacts>;
  journal: Readonly<Record<string, Json>>;
  /** What the recipient was sent of late; undefined where it was not looked up. */
  recent?: Recent | undefined;
  /** Due time of the durable step at which this turn began, ms; the base of all delays, so that a rerun finds the same. */
  baseTime: number;
  /** What is watched for a fallback; undefined for a run that watches nothing. */
  watched?: Watched | undefined;
  /** By whose clock steps go; where left out, the recipient's or UTC. */
  zone?: (() => string) | undefined;
}

/** What a step wants; a closed set of primitives on which further kinds of step are built. */
export type StepResult =
  | { kind: "next" }
  /**
   * A message to each address of the recipient on the channel; with `among`, on one of these, by the recipient's order; with
   * `collapseKey`, in place of older ones of the same value.
   */
  | {
      kind: "send";
      channel: Channel;
      template: string;
      among?: readonly Channel[];
      collapseKey?: string | undefined;
      /** On what terms something else goes out in its place. */
      fallback?: FallbackTerms | undefined;
    }
  /** Go on after this time, durably. */
  | { kind: "wait"; dueAt: number }
  /** Go on once such an event has arrived, or after this time, durably. */
  | { kind: "await"; wait: WaitForStep; dueAt: number }
  /** Take the `then` branch, or the other. */
  | { kind: "branch"; holds: boolean }
  /** An event of its own, with all else that the turn makes. */
  | { kind: "emit"; event: EventStep }
  /** Something whose result a rerun could not repeat: asked for outside of the turn, and journalled under the step's id. */
  | { kind: "effect"; fetch: FetchStep }
  /** Others may have gone past so often that this run ends here; what comes of it is claimed with the turn. */
  | { kind: "throttle"; throttle: ThrottleStep }
  /** What it came to goes into the journal under its id, with all that the turn makes. */
  | { kind: "result"; value: Json }
  /** What it reads was not looked up for this turn: the run waits for a turn of its own, which does. */
  | { kind: "look" }
  /** The run ends by joining a window, whose own run goes on behind the step. */
  | { kind: "gather"; digest: DigestStep };

/** A kind of step. `evaluate` is pure. */
export interface StepKind {
  type: string;
  evaluate(step: StepDefinition, facts: StepFacts): StepResult;
}

/** A step as a workflow's document holds it; each kind reads its own fields. */
export interface StepDefinition {
  id: string;
  type: string;
  then?: readonly StepDefinition[] | undefined;
  else?: readonly StepDefinition[] | undefined;
  fallback?: { readonly steps: readonly StepDefinition[] } | undefined;
}
