import type { EventState, Lane } from "@tidings/contract/words";
import type { OrderMark } from "../../domain/order.ts";
import type { CampaignCount } from "./campaigns.ts";

/** A replay as it is written with its event, whose id is the replay's. */
export interface NewReplay {
  /** JSON of a ReplayDocument (domain/replay). */
  document: string;
}

/** An event that a replay makes of one that came in. It is due at once. */
export interface ReplayedEvent {
  id: string;
  environmentId: number;
  /** The one that came in. */
  origin: string;
  generation: number;
  name: string;
  tenant: string;
  lane: Lane;
  receivedAt: number;
  expiresAt: number | null;
  cancellationHash: string | null;
  /** Sealed JSON of an EventPayload (domain/event-payload). */
  payload: string;
  /** Text of the trace that it belongs to; null for none. */
  trace: string | null;
  /** Where it stands among events of its ordering key; left out where it has none. */
  order?: OrderMark | undefined;
}

/** What a turn of a replay adds to its sums. */
export interface ReplaySum {
  metric: string;
  value: number;
}

/** What a turn of a replay makes. */
export interface ReplayTurn {
  events: readonly ReplayedEvent[];
  sums: readonly ReplaySum[];
}

/** An event that came in, as a replay looks at it. */
export interface PastEvent {
  id: string;
  environmentId: number;
  name: string;
  tenant: string;
  state: EventState;
  receivedAt: number;
  expiresAt: number | null;
  cancellationHash: string | null;
  payload: string;
  /** Another lane's part of it is not done. */
  hasParts: boolean;
  /** A step has sent it. */
  isDerived: boolean;
  /** Of the newest that was made of it; 0 where there is none. */
  generation: number;
}

export interface PastEventsQuery {
  environmentId: number;
  /** Ids behind this one and before that one. */
  after: string;
  before: string;
  /** Left out for all. */
  names: readonly string[] | undefined;
  tenant: string | undefined;
  /** Rows that are looked at, and those of them that are given. */
  lookedMax: number;
  limit: number;
}

/** `next` is where to go on; undefined at the end. */
export interface PastEventsPage {
  events: readonly PastEvent[];
  next: string | undefined;
}

export interface ReplayRow {
  id: string;
  document: string;
  canceledAt: number | null;
  createdAt: number;
  /** Of its event. */
  eventState: EventState;
  /** When the last event came in that it has looked at; null before its first turn. */
  reachedAt: number | null;
}

/** One that a replay has made of an event. */
export interface GenerationRow {
  id: string;
  origin: string;
  replay: string;
  generation: number;
}

/** What replays and dry runs ask about the past, and the API about replays. */
export interface ReplayStore {
  /** Events that came in, oldest first: no direct messages, no replays, and nothing that those have made. */
  pastEvents(input: PastEventsQuery): Promise<PastEventsPage>;
  /** Those of the ids that there are, oldest first. */
  pastEventsById(input: { environmentId: number; ids: readonly string[] }): Promise<PastEvent[]>;
  /** What replays have made of this event, newest first, and where it is of a replay itself, it too. */
  generationsOf(input: { environmentId: number; id: string; limit: number }): Promise<GenerationRow[]>;
  getReplay(input: {
    environmentId: number;
    id: string;
    /** Counts by minute from this one on. */
    sinceMinute: number;
  }): Promise<{ row: ReplayRow; counts: readonly CampaignCount[] } | undefined>;
  /** Newest first, by id. */
  listReplays(input: { environmentId: number; before: string; limit: number }): Promise<ReplayRow[]>;
  /** Ends the replay, then stops what has not gone out of events that it has made, `limit` of those behind `after` a call. */
  cancelReplay(input: {
    environmentId: number;
    id: string;
    after: string;
    limit: number;
    now: number;
  }): Promise<{ events: number; runs: number; messages: number; next: string | undefined }>;
}
