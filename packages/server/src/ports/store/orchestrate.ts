import type { Channel, Lane, MessageState } from "@tidings/contract/words";
import type { MessageOrigin } from "../../domain/message.ts";
import type { CallStart } from "./call-start.ts";
import type { EventPart } from "./event-part.ts";

/** A due event, or the part of one that another lane continues. */
export interface EventRecord {
  id: string;
  environmentId: number;
  kind: "event" | "message";
  name: string;
  tenant: string;
  /** The event's own lane. */
  lane: Lane;
  receivedAt: number;
  dueAt: number;
  expiresAt: number | null;
  cancellationHash: string | null;
  generation: number;
  payload: string;
  inline: string | null;
  /** Text of the trace that the event belongs to (domain/trace-context); null for none. */
  trace: string | null;
  /** Recipients of this part that are done. */
  cursor: number;
}

export interface RecipientRecord {
  environmentId: number;
  id: string;
  /** Data key, wrapped by the master key. */
  wrappedKey: string;
  /** JSON of what conditions read in clear (domain/recipient). */
  profile: string;
  /** Sealed JSON of addresses and personal attributes (domain/recipient). */
  sealed: string;
  updatedAt: number;
  version: number;
}

export interface AddressRow {
  channel: Channel;
  hash: string;
}

/** Upsert of a recipient: written only over data that is not newer. */
export interface RecipientWrite extends Omit<RecipientRecord, "version"> {
  addresses: readonly AddressRow[];
  createdAt: number;
}

export interface NewMessage {
  id: string;
  eventId: string;
  /** Empty for a direct message. */
  runId: string;
  origin: MessageOrigin;
  recipient: string;
  /** Id of the address: its HMAC. Empty where there is none. */
  addressHash: string;
  state: Extract<MessageState, "queued" | "failed" | "expired">;
  dueAt: number | null;
  createdAt: number;
  expiresAt: number | null;
  /** Sealed JSON of what this message adds to its event's data, or its whole content; null where nothing. */
  content: string | null;
  /** JSON of the decisions that made it. */
  decisions: string;
  /** The call that carries it at once: it is written as STARTED, unless it is suppressed. Null where it waits in its queue. */
  start: CallStart | null;
}

/** A message whose first attempt was to begin with its insert, and does not. */
export interface HeldMessage {
  id: string;
  /** `lost`: an earlier turn wrote it. */
  status: "suppressed" | "expired" | "lost";
}

export interface NewRun {
  id: string;
  environmentId: number;
  eventId: string;
  workflow: string;
  workflowVersion: number;
  recipient: string;
  tenant: string;
  lane: Lane;
  /** Index of the instruction at which it goes on. */
  step: number;
  dueAt: number;
  expiresAt: number | null;
  cancellationHash: string | null;
  /** Sealed JSON of results that a rerun must not make anew; null where nothing. */
  journal: string | null;
  createdAt: number;
  /** Where it waits for an effect in place of `dueAt`: host and tenant, by which effects are bounded. Null where for time. */
  effectKey: string | null;
}

export interface NewDecision {
  environmentId: number;
  eventId: string;
  runId: string;
  recipient: string;
  workflow: string;
  workflowVersion: number;
  step: string;
  channel: string;
  outcome: string;
  reason: string;
  detail: string;
  at: number;
}

/** A workflow's dedupe key: of all runs with this hash inside the window only the first goes on. */
export interface DedupeClaim {
  environmentId: number;
  hash: string;
  runId: string;
  now: number;
  expiresAt: number;
  /** Recorded where the claim is lost. */
  decision: NewDecision;
}

export type EventProgress =
  | { kind: "continue"; cursor: number }
  | { kind: "done" }
  | { kind: "dead"; reason: string; detail: string };

/** What a turn on an event makes. */
export interface TurnWrites {
  now: number;
  dedupe: readonly DedupeClaim[];
  runs: readonly NewRun[];
  messages: readonly NewMessage[];
  decisions: readonly NewDecision[];
}

/** A recipient as a plan read it. */
export interface RecipientRead {
  id: string;
  version: number;
  wrappedKey: string;
}

/**
 * The whole of an event's only turn, planned before the event is stored and written with it, if the recipients are still
 * as they were read.
 */
export interface FirstTurn extends TurnWrites {
  reads: readonly RecipientRead[];
}

/** All that one turn on an event writes, in one transaction, if its cursor still stands where the turn found it. */
export interface EventTurn extends TurnWrites {
  eventId: string;
  environmentId: number;
  lane: Lane;
  /** True where `lane` is not the event's own. */
  continuation: boolean;
  cursor: number;
  progress: EventProgress;
  /** Lanes of further workflows; each gets a part of its own. */
  otherLanes: readonly Lane[];
  clearInline: boolean;
  recipients: readonly RecipientWrite[];
}

export interface TurnWritten {
  /** Runs whose dedupe claim was lost; their messages were not written. */
  dropped: readonly string[];
  held: readonly HeldMessage[];
}

export type TurnResult =
  | ({ status: "committed" } & TurnWritten)
  /** Somebody else moved it on; nothing was written. */
  | { status: "lost" };

export interface RunRecord extends Omit<NewRun, "createdAt" | "eventId" | "effectKey"> {
  createdAt: number;
  /** What it waits for where that is no time: tries so far, and when the next one is due. `dueAt` is then the step's own. */
  effect: { attempts: number; dueAt: number } | null;
  event: EventPart;
  recipientRecord: RecipientRecord | null;
  /** States of the run's messages so far, by step. */
  messages: readonly { step: string; state: MessageState }[];
}

export type RunProgress =
  | { kind: "wait"; step: number; dueAt: number; journal: string | null }
  /** `baseAt` is the due time of the step; `dueAt` that of the next try, of which there were `attempts`. */
  | {
      kind: "effect";
      step: number;
      baseAt: number;
      dueAt: number;
      key: string;
      attempts: number;
      journal: string | null;
    }
  | { kind: "completed" }
  | { kind: "expired" }
  | { kind: "dead"; reason: string; detail: string };

export interface RunTurn {
  runId: string;
  environmentId: number;
  eventId: string;
  /** The step number at which the turn found it. */
  step: number;
  /** It waited for an effect when the turn found it. */
  ofEffect: boolean;
  now: number;
  progress: RunProgress;
  messages: readonly NewMessage[];
  decisions: readonly NewDecision[];
}

export interface DueQuery {
  lane: Lane;
  now: number;
  limit: number;
}

/** A run whose effect is due, and what bounds it. */
export interface DueEffect {
  runId: string;
  key: string;
}

/** What orchestrate asks of the store. */
export interface OrchestrateStore {
  /** Ids of accepted events, and of parts of events, that are due. An engine with several owners leases them. */
  dueEvents(input: DueQuery): Promise<string[]>;
  /** Those of the ids that are still open in this lane. */
  loadEvents(input: { ids: readonly string[]; lane: Lane }): Promise<EventRecord[]>;
  loadRecipients(input: {
    keys: readonly { environmentId: number; id: string }[];
    lane: Lane;
  }): Promise<RecipientRecord[]>;
  commitEvents(input: { turns: readonly EventTurn[] }): Promise<TurnResult[]>;
  dueRuns(input: DueQuery): Promise<string[]>;
  loadRuns(input: { ids: readonly string[]; lane: Lane }): Promise<RunRecord[]>;
  /** Runs whose effect is due, at most `perKeyMax` of each key, keys in turns. An engine with several owners leases them. */
  dueEffects(input: DueQuery & { perKeyMax: number }): Promise<DueEffect[]>;
  commitRuns(input: { turns: readonly RunTurn[] }): Promise<TurnResult[]>;
}
