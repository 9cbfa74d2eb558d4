import type { MessageOrigin } from "../../domain/message.ts";
import { deriveId } from "../../lib/ids.ts";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { AttemptOutcome, AttemptStart } from "../../ports/store/deliver.ts";
import type { FeedbackReport } from "../../ports/store/feedback.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type {
  EventTurn,
  NewDecision,
  NewMessage,
  NewRun,
  RecipientWrite,
  RunTurn,
} from "../../ports/store/orchestrate.ts";
import type { Store } from "../../ports/store/store.ts";

/** Fields of a message and of its origin. */
export type MessageFields = Partial<Omit<NewMessage, "origin"> & MessageOrigin>;
/** Of an attempt and its call. */
export type AttemptFields = Partial<CallStart & { number: number }>;

/** Those of `over` that `onto` has. */
function laidOver<Row extends object>(onto: Row, over: object): Partial<Row> {
  return Object.fromEntries(Object.entries(over).filter(([name]) => name in onto)) as Partial<Row>;
}

/** Rows with every field set, of one environment and time; a test names the fields that it is about. */
export class Rows {
  readonly store: Store;
  readonly at: number;
  readonly environmentId: number;
  readonly otherEnvironmentId: number;
  #made = 0;

  constructor(store: Store, at: number, environmentId: number, otherEnvironmentId: number) {
    this.store = store;
    this.at = at;
    this.environmentId = environmentId;
    this.otherEnvironmentId = otherEnvironmentId;
  }

  /** Ids rise with the order in which they are made. */
  id(): string {
    this.#made += 1;
    return deriveId(this.at + this.#made, String(this.environmentId));
  }

  event(over: Partial<NewEvent> = {}): NewEvent {
    return {
      id: this.id(),
      environmentId: this.environmentId,
      kind: "event",
      name: "order.shipped",
      tenant: "",
      lane: "transactional",
      receivedAt: this.at,
      dueAt: this.at,
      expiresAt: null,
      cancellationHash: null,
      generation: 0,
      cursor: 0,
      position: null,
      payload: "payload",
      inline: null,
      idempotency: null,
      trace: null,
      turn: null,
      ...over,
    };
  }

  message(over: MessageFields = {}): NewMessage {
    const origin: MessageOrigin = {
      environmentId: this.environmentId,
      workflow: "shipped",
      workflowVersion: 3,
      step: "mail",
      template: "shipped",
      templateVersion: 2,
      channel: "email",
      lane: "transactional",
      category: "orders",
      tenant: "",
    };
    const message: NewMessage = {
      id: this.id(),
      eventId: deriveId(this.at, "no event"),
      runId: deriveId(0, "run"),
      origin,
      recipient: "u1",
      addressHash: `hash_${this.environmentId}`,
      state: "queued",
      dueAt: this.at,
      createdAt: this.at,
      expiresAt: null,
      content: null,
      decisions: "[]",
      start: null,
      claim: null,
      collapseHash: undefined,
      order: undefined,
      recalled: false,
      confirmsStop: undefined,
      mailbox: undefined,
    };
    return { ...message, ...laidOver(message, over), origin: { ...origin, ...laidOver(origin, over) } };
  }

  run(over: Partial<NewRun> = {}): NewRun {
    return {
      id: this.id(),
      environmentId: this.environmentId,
      eventId: deriveId(this.at, "no event"),
      workflow: "shipped",
      workflowVersion: 3,
      recipient: "u1",
      tenant: "",
      lane: "transactional",
      step: 1,
      dueAt: this.at,
      expiresAt: null,
      cancellationHash: null,
      journal: null,
      createdAt: this.at,
      effectKey: null,
      gathers: false,
      ...over,
    };
  }

  decision(over: Partial<NewDecision> = {}): NewDecision {
    return {
      environmentId: this.environmentId,
      eventId: deriveId(this.at, "no event"),
      runId: deriveId(0, "run"),
      recipient: "u1",
      workflow: "shipped",
      workflowVersion: 3,
      step: "mail",
      channel: "email",
      outcome: "not_sent",
      reason: "no_address",
      rule: "",
      versions: "",
      detail: "",
      at: this.at,
      ...over,
    };
  }

  recipient(over: Partial<RecipientWrite> = {}): RecipientWrite {
    return {
      environmentId: this.environmentId,
      id: "u1",
      wrappedKey: "key",
      profile: "{}",
      sealed: "sealed",
      updatedAt: this.at,
      createdAt: this.at,
      addresses: [{ channel: "email", hash: "h" }],
      ...over,
    };
  }

  /** A turn that ends the event, in its own lane. */
  turn(event: NewEvent, over: Partial<EventTurn> = {}): EventTurn {
    return {
      eventId: event.id,
      environmentId: event.environmentId,
      lane: event.lane,
      continuation: false,
      cursor: 0,
      now: this.at,
      progress: { kind: "done" },
      otherLanes: [],
      clearInline: false,
      recipients: [],
      dedupe: [],
      throttles: [],
      joins: [],
      runs: [],
      messages: [],
      decisions: [],
      ...over,
    };
  }

  runTurn(run: NewRun, over: Partial<RunTurn> = {}): RunTurn {
    return {
      runId: run.id,
      environmentId: run.environmentId,
      eventId: run.eventId,
      step: run.step,
      ofEffect: run.effectKey !== null,
      now: this.at,
      progress: { kind: "completed" },
      throttles: [],
      joins: [],
      window: null,
      messages: [],
      decisions: [],
      ...over,
    };
  }

  call(over: Partial<CallStart> = {}): CallStart {
    return { callId: "call_1", integration: "smtp", node: "here", at: this.at, leaseUntil: this.at + 40_000, ...over };
  }

  attempt(message: NewMessage, { number = 1, ...over }: AttemptFields = {}): AttemptStart {
    return { environmentId: message.origin.environmentId, messageId: message.id, number, call: this.call(over) };
  }

  outcome(message: NewMessage, over: Partial<AttemptOutcome> = {}): AttemptOutcome {
    return {
      messageId: message.id,
      labels: message.origin,
      integration: "smtp",
      number: 1,
      finishedAt: this.at + 50,
      outcome: "accepted",
      code: "",
      detail: "",
      providerMessageId: "p1",
      after: { state: "sent" },
      suppress: "",
      ...over,
    };
  }

  report(message: { id: string }, over: Partial<FeedbackReport> = {}): FeedbackReport {
    return {
      environmentId: this.environmentId,
      messageId: message.id,
      kind: "delivered",
      at: this.at + 100,
      code: "",
      ...over,
    };
  }
}
