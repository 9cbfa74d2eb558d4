import type { MailboxProvider } from "@tidings/contract/mailbox-providers";
import type { Channel, Lane, MessageState } from "@tidings/contract/words";
import type { AttentionClaim } from "../../domain/attention.ts";
import type { Descent } from "../../domain/descent.ts";
import type { EventKind } from "../../domain/event-kind.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { OrderMark } from "../../domain/order.ts";
import type { SunsetClaim } from "../../domain/sunset.ts";
import type { CallStart } from "./call-start.ts";
import type { DerivedClaim, DerivedEvent } from "./derived.ts";
import type { GatheredWindow, JoiningEvent, WindowEnd } from "./digests.ts";
import type { EventPart } from "./event-part.ts";
import type { NewDecision } from "./new-decision.ts";
import type { RecipientWebhook } from "./recipient-webhooks.ts";
import type { ReplayTurn } from "./replays.ts";
import type { Arrival, AwaitedKey, RunWait, WaitsWritten } from "./waits.ts";

export type { NewDecision };

/** A due event, or the part of one that another lane continues. */
export interface EventRecord {
  id: string;
  environmentId: number;
  kind: EventKind;
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
  /** Where it stands among the subscribers of its topics (domain/audience-place); null before the first of them. */
  position: string | null;
  /** Where it stands among events of its ordering key; left out where it has none. */
  order?: OrderMark | undefined;
  /** Of one that a step has sent; left out for its own root. */
  descent?: Descent | undefined;
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
  /** JSON of what they chose and agreed to (domain/policy/choices); null where nothing. */
  choices: string | null;
}

export interface AddressRow {
  channel: Channel;
  hash: string;
}

/** Upsert of a recipient: written only over data that is not newer. */
export interface RecipientWrite extends Omit<RecipientRecord, "version" | "choices"> {
  addresses: readonly AddressRow[];
  createdAt: number;
  /** What endpoints are to be told of it; left out where none wants it. */
  told?: ToldWrite | undefined;
}

/** Endpoints are told of a write that changes something. */
export interface ToldWrite {
  webhook: RecipientWebhook;
  /** Of the row that it says nothing new to; null where it does. Over another version it is told all the same. */
  unchangedFrom: number | null;
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
  state: Extract<MessageState, "queued" | "failed" | "expired" | "suppressed">;
  dueAt: number | null;
  createdAt: number;
  expiresAt: number | null;
  /** Sealed JSON of what this message adds to its event's data, or its whole content; null where nothing. */
  content: string | null;
  /** JSON of the decisions that made it. */
  decisions: string;
  /** Its event goes to topics: it counts among those that the event waits for before it goes on. */
  expanded?: boolean;
  /** A workflow of its environment looks back: it is found by its recipient. */
  recalled?: boolean;
  /** The call that carries it at once: it is written as STARTED, unless it is suppressed. Null where it waits in its queue. */
  start: CallStart | null;
  /** What it asks of the recipient's attention, of which its caps leave so much; null where there are none. */
  claim: AttentionClaim | null;
  /** What it has in common with messages whose place it takes where they have not gone out; left out where there is no such key. */
  collapseHash?: string | undefined;
  /** Where it stands among messages of its event's ordering key; left out where there is none. */
  order?: OrderMark | undefined;
  /** What joins a digest in its place where a cap has none for it. Left out where no digest takes it. */
  overflow?: DigestJoin | undefined;
  /** What its category does with recipients who are silent; undefined where nothing. */
  sunset?: SunsetClaim | undefined;
  /** Who runs the mailbox that it goes to; left out for addresses that are none. */
  mailbox?: MailboxProvider | undefined;
  /** When the suppression of a STOP was written, ms, that it confirms: this one does not hold it back. Left out for all else. */
  confirmsStop?: number | undefined;
  /** The run that watches it for its fallback: whatever ends the message makes that due. Left out where there is none. */
  watcher?: string | undefined;
}

/** A message that was to go out with its insert, and does not. */
export interface HeldMessage {
  id: string;
  /**
   * `lost`: an earlier turn wrote it. By a cap or a sunset it is `deferred`: it waits in its row; or it was not made: `gathered`, in a digest, or `dropped`. `superseded`:
   * a newer one of its collapse key is there, and it was written as canceled. `behind`: others of its ordering key start before it.
   */
  status: "suppressed" | "expired" | "lost" | "deferred" | "gathered" | "dropped" | "superseded" | "behind";
  /** Of one that was dropped: why, where that was no cap. */
  reason?: string;
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
  /** The event that it waits for, at the longest until `dueAt`; left out where it waits for time alone. */
  awaited?: AwaitedKey | undefined;
  /** It goes on for all events of a digest's window, and is canceled with none of them. */
  gathers: boolean;
  /** Its event's; left out where there is none. */
  order?: OrderMark | undefined;
  /** The messages that it watches for their fallback; left out where it watches none. */
  watch?: RunWatch | undefined;
}

/** A run that waits for what becomes of another's messages, and goes on with what is sent in their place. */
export interface RunWatch {
  /** The run whose messages they are; what comes of the watch is that run's too. */
  of: string;
  /** When the last of them was to go out, ms. */
  from: number;
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

/** A run that wants past a throttle: of all runs with this hash at most `limit` get past in any `windowMs`. */
export interface ThrottleClaim {
  environmentId: number;
  hash: string;
  runId: string;
  limit: number;
  windowMs: number;
  now: number;
  /** Recorded where the run does not get past. */
  decision: NewDecision;
}

export interface DigestJoin extends JoiningEvent {
  /** Gathers the window that this event opens; its id is the window's, and its time is set by the store. */
  gatherer: NewRun;
  /** Recorded with the window's id as its detail. */
  decision: NewDecision;
}

export type EventProgress =
  /** `dueAt`: when it goes on, where that is later than now. */
  | { kind: "continue"; cursor: number; position?: string | null; dueAt?: number }
  | { kind: "done" }
  | { kind: "dead"; reason: string; detail: string };

/** What a turn on an event makes. */
export interface TurnWrites {
  now: number;
  dedupe: readonly DedupeClaim[];
  throttles: readonly ThrottleClaim[];
  joins: readonly DigestJoin[];
  runs: readonly NewRun[];
  messages: readonly NewMessage[];
  decisions: readonly NewDecision[];
  /** Under which keys its event has come; left out where nobody waits for such events. */
  arrivals?: readonly Arrival[];
  /** Events that its runs send; left out where they send none. */
  events?: readonly DerivedEvent[];
  /** How much its root leaves for it; left out where nothing of it is counted. */
  derived?: DerivedClaim;
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
  /** Of a campaign: recipients that the turn looked at, and those whom it took through the workflows. */
  progressed?: { looked: number; recipients: number };
  /** Of a replay. */
  replay?: ReplayTurn;
}

export interface TurnWritten extends WaitsWritten {
  /** Runs that lost a claim, by its key or at a throttle; their messages were not written. */
  dropped: readonly string[];
  held: readonly HeldMessage[];
  /** Events that were not written, as there are enough of their root; left out where all were. */
  unsent?: readonly string[];
  /** Something was not written for that reason; left out where nothing was. */
  isLimited?: true;
}

export type TurnResult =
  | ({ status: "committed" } & TurnWritten)
  /** Somebody else moved it on; nothing was written. */
  | { status: "lost" };

export interface RunRecord extends Omit<NewRun, "createdAt" | "eventId" | "effectKey" | "awaited" | "watch"> {
  createdAt: number;
  /** What it waits for where that is no time: tries so far, and when the next one is due. `dueAt` is then the step's own. */
  effect: { attempts: number; dueAt: number } | null;
  event: EventPart;
  /** The event that it waits for; null where it waits for none. */
  wait: RunWait | null;
  /** What it watches, and the message that made it due, as its row has it: its turn is lost where that is another by then. Null where it watches nothing. */
  watch: (RunWatch & { told: string | null }) | null;
  recipientRecord: RecipientRecord | null;
  /** The window that it gathers; null where it gathers none, or has closed it. */
  window: GatheredWindow | null;
  /** The run's messages so far; of one that watches those of the run that it does so for. */
  messages: readonly RunMessage[];
}

/** What has become of a message, as far as its run's later steps may ask. */
export interface RunMessage {
  step: string;
  state: MessageState;
  isDelivered: boolean;
  isOpened: boolean;
  isRead: boolean;
  isClicked: boolean;
  /** It was held back, and its address is known to take nothing any more. */
  isUndeliverable: boolean;
}

export type RunProgress =
  | { kind: "wait"; step: number; dueAt: number; journal: string | null; awaited?: AwaitedKey | undefined }
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
  /** What had arrived, or which message had ended, as the row had it when the turn found the run; left out where it waited for neither. */
  arrivedEventId?: string | null;
  now: number;
  progress: RunProgress;
  throttles: readonly ThrottleClaim[];
  joins: readonly DigestJoin[];
  /** Null where the run gathers no window. Turns that close one come in calls of their own: windows are locked before runs there. */
  window: WindowEnd | null;
  messages: readonly NewMessage[];
  decisions: readonly NewDecision[];
  /** Those that watch its messages; left out where there is none. */
  runs?: readonly NewRun[];
  /** As of a turn on an event. */
  events?: readonly DerivedEvent[];
  derived?: DerivedClaim;
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
