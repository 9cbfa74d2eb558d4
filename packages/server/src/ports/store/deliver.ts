import type { MailboxProvider } from "@tidings/contract/mailbox-providers";
import type { Channel, Lane, MessageState } from "@tidings/contract/words";
import type { MessageLabels, MessageOrigin } from "../../domain/message.ts";
import type { CallStart } from "./call-start.ts";
import type { EventPart } from "./event-part.ts";
import type { DueQuery, RecipientRecord } from "./orchestrate.ts";

/** A message with what is needed to render and send it. */
export interface DeliveryRecord {
  id: string;
  runId: string;
  origin: MessageOrigin;
  recipient: string;
  addressHash: string;
  state: MessageState;
  createdAt: number;
  /** Until when a rule (quiet hours, a cap, a spread) put it off as it was made, ms; null where none did. */
  putOffTo: number | null;
  /** Who runs the mailbox that it goes to; undefined where it goes to none. */
  mailbox: MailboxProvider | undefined;
  expiresAt: number | null;
  content: string | null;
  /** Attempts that were started. */
  attempts: number;
  /** When the first attempt started; null before. */
  firstAttemptAt: number | null;
  /** The open attempt of a message in state `sending`. */
  open: { integration: string; node: string; startedAt: number; leaseUntil: number } | null;
  /** How the last finished attempt ended, where it was not accepted at once; `unknown` binds the next one to the same integration. */
  last: { integration: string; outcome: "rejected" | "unknown" } | undefined;
  event: EventPart;
  recipientRecord: RecipientRecord | null;
  /** Others of its ordering key may wait for it. */
  isOrdered?: boolean;
}

export interface AttemptStart {
  environmentId: number;
  messageId: string;
  /** From 1; the fence: only the outcome of the highest number moves the message. */
  number: number;
  call: CallStart;
}

export type StartResult =
  | { status: "started" }
  /** Settled instead: it will not go out. */
  | { status: "suppressed" | "expired" | "superseded" }
  /** Put off: others of its ordering key start before it. */
  | { status: "behind" }
  /** Not queued any more, or another attempt has that number. */
  | { status: "lost" };

/** What follows an attempt, as domain/retry decided. */
export type AfterAttempt =
  | { state: "sent" }
  | { state: "queued"; dueAt: number }
  | { state: "failed" | "unknown" | "expired"; reason: string }
  | { state: "dead"; reason: string; detail: string };

export interface AttemptOutcome {
  messageId: string;
  labels: MessageLabels;
  integration: string;
  number: number;
  finishedAt: number;
  outcome: "accepted" | "rejected" | "unknown";
  code: string;
  detail: string;
  providerMessageId: string;
  after: AfterAttempt;
  mailbox?: MailboxProvider | undefined;
  /** Of an accepted one: from when the message might go out until its provider had it, ms. */
  latencyMs?: number | undefined;
  /** What it may have cost, in millionths (domain/attempt-cost); left out for nothing. */
  cost?: number | undefined;
  /** Suppress the address on this channel, for everything, for this reason; empty for no. */
  suppress: string;
}

/** A message that is settled, or put off, without an attempt. */
export interface Settlement {
  environmentId: number;
  messageId: string;
  /** Attempts started so far; guards against a concurrent attempt. */
  attempts: number;
  at: number;
  after:
    | Exclude<AfterAttempt, { state: "sent" | "queued" }>
    /** `reason`: why it waits, where people are to see that; what was there stays where it is left out. */
    | { state: "queued"; dueAt: number; reason?: string }
    | { state: "canceled"; reason: string };
}

export type OutcomeResult =
  | "recorded"
  /** A later attempt or feedback moved the message; the outcome is kept as evidence. */
  | "fenced";

/** What deliver asks of the store. */
export interface DeliverStore {
  /**
   * Ids of messages that are due: queued ones, and those in `sending` whose attempt outlived its lease, or is of another
   * process: with an engine of several owners, of one that is gone. Round-robin by tenant. May give ids that this process already holds.
   */
  dueMessages(input: DueQuery & { channel: Channel; node: string }): Promise<string[]>;
  /** Those of the ids that are open; where another process that lives has one under way, it is left out. */
  loadDeliveries(input: { ids: readonly string[]; lane: Lane }): Promise<DeliveryRecord[]>;
  /** Marks STARTED, with expiry and suppression checked inside the statement. */
  startAttempts(input: { attempts: readonly AttemptStart[]; lane: Lane }): Promise<StartResult[]>;
  recordOutcomes(input: { outcomes: readonly AttemptOutcome[]; lane: Lane }): Promise<OutcomeResult[]>;
  settleMessages(input: { settlements: readonly Settlement[] }): Promise<OutcomeResult[]>;
}
