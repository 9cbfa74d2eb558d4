import type { Channel, EventState, Lane, MessageState, RunState } from "@tidings/contract/words";
import type { Descent } from "../../domain/descent.ts";
import type { EventKind } from "../../domain/event-kind.ts";
import type { DerivedCount } from "./derived.ts";
import type { NewDecision } from "./orchestrate.ts";

export interface AttemptRow {
  number: number;
  callId: string;
  integration: string;
  startedAt: number;
  finishedAt: number | null;
  outcome: "started" | "accepted" | "rejected" | "unknown";
  code: string;
  detail: string;
  providerMessageId: string;
}

export interface MessageRow {
  id: string;
  eventId: string;
  runId: string;
  step: string;
  workflow: string;
  workflowVersion: number;
  template: string;
  channel: Channel;
  lane: Lane;
  category: string;
  tenant: string;
  recipient: string;
  addressHash: string;
  state: MessageState;
  reason: string;
  createdAt: number;
  dueAt: number | null;
  expiresAt: number | null;
  sentAt: number | null;
  deliveredAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
  readAt: number | null;
  complainedAt: number | null;
  decisions: string;
  /** In order; the last is the current one. */
  attempts: readonly AttemptRow[];
}

export interface RunRow {
  id: string;
  workflow: string;
  workflowVersion: number;
  recipient: string;
  state: RunState;
  dueAt: number | null;
}

export interface EventRow {
  id: string;
  kind: EventKind;
  /** Counts what replays have made of one event; 0 for those that came in. */
  generation: number;
  name: string;
  state: EventState;
  lane: Lane;
  tenant: string;
  receivedAt: number;
  dueAt: number | null;
  expiresAt: number | null;
  payload: string;
  inline: string | null;
  /** Of one that a step has sent. */
  descent: Descent | undefined;
  /** Of a root, what led from it; undefined where nothing did. */
  derived: DerivedCount | undefined;
  runs: readonly RunRow[];
  messages: readonly MessageRow[];
  decisions: readonly NewDecision[];
  truncated: boolean;
}

export interface MessageQuery {
  environmentId: number;
  state?: MessageState | undefined;
  channel?: Channel | undefined;
  recipient?: string | undefined;
  eventId?: string | undefined;
  /** Ids before this one; empty for the newest. */
  before: string;
  limit: number;
}

/** `next` is where to go on; undefined at the end. A page may be short, even empty, before the end: a query looks at a bounded number of rows. */
export interface MessagePage {
  items: readonly MessageRow[];
  next: string | undefined;
}

export type DeadLetterKind = "message" | "event" | "run" | "source";

export interface DeadLetterRow {
  id: string;
  kind: DeadLetterKind;
  reason: string;
  detail: string;
  at: number;
  message: MessageRow | undefined;
  /** Of a record of a source: which source, and where the record stood. */
  source: { key: string; place: string } | undefined;
}

export interface DeadLetterReplay {
  environmentId: number;
  /** Ids, or undefined for all that fit the filter. */
  ids: readonly string[] | undefined;
  reason: string | undefined;
  channel: Channel | undefined;
  limit: number;
  now: number;
}

/** What can be looked up afterwards. */
export interface LogStore {
  getEvent(input: { environmentId: number; id: string; limit: number }): Promise<EventRow | undefined>;
  getMessage(input: { environmentId: number; id: string }): Promise<MessageRow | undefined>;
  listMessages(input: MessageQuery): Promise<MessagePage>;
  /** Newest first; `before` is the `at:id` of the last one seen. */
  listDeadLetters(input: { environmentId: number; before: string; limit: number }): Promise<DeadLetterRow[]>;
  getDeadLetter(input: { environmentId: number; id: string }): Promise<DeadLetterRow | undefined>;
  /** Puts them back to their queues under the same ids; expired ones end `expired`. Records of sources are not touched. */
  replayDeadLetters(input: DeadLetterReplay): Promise<{ replayed: number; expired: number }>;
}
