import type { InlineRecipient } from "@tidings/contract/recipients";
import type { Delivery } from "../../domain/delivery.ts";
import type { EventPayload } from "../../domain/event-payload.ts";
import type { RecipientSealer } from "../../domain/recipient-write.ts";
import type { StepKind } from "../../domain/steps/step-kind.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Queue } from "../../ports/queue.ts";
import type { EventRecord, OrchestrateStore } from "../../ports/store/orchestrate.ts";

/** An accepted event, opened. */
export interface EventWork {
  record: EventRecord;
  payload: EventPayload;
  inline: readonly InlineRecipient[];
}

/** Opens and seals fields, and hashes with an environment's key. */
export interface OrchestrateKeyring extends RecipientSealer {
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
  unsealForRecipient(wrappedKey: string, context: string, sealed: string): string;
  sealForEnvironment(environmentId: number, context: string, text: string): string;
}

export interface OrchestrateLimits {
  /** Events, or runs, that one handler takes. */
  batchMax: number;
  /** Handlers of one lane at once. */
  concurrency: number;
  /** Recipients of one event in one transaction. */
  recipientsPerTurn: number;
  /** With more messages of a lane than this in memory for deliver, planning slows down, by at most `paceMaxMs` a turn. */
  pacedMessages: number;
  paceMaxMs: number;
  /** Recipients kept open for the next event. */
  openedRecipientsMax: number;
  /** Messages in one store call, so that a turn of the store stays short. */
  messagesPerCommit: number;
}

export interface OrchestrateDependencies {
  store: OrchestrateStore;
  configuration: Configuration;
  keyring: OrchestrateKeyring;
  clock: Clock;
  ids: Ids;
  queue: Queue;
  steps: ReadonlyMap<string, StepKind>;
  limits: OrchestrateLimits;
  /** An event that ingest has just opened, if it is still in memory. */
  takeEvent: (id: string) => EventWork | undefined;
  /** Messages just committed, for deliver. */
  handOver: (delivery: Delivery) => void;
  onFault: (where: string, id: string, error: unknown) => void;
  onCommitted: (lane: EventRecord["lane"], events: number, waitedMs: number) => void;
}
