import type { Lane } from "@tidings/contract/words";
import type { Descent } from "../../domain/descent.ts";
import type { EventKind } from "../../domain/event-kind.ts";
import type { OrderMark } from "../../domain/order.ts";
import type { NewCampaign } from "./campaigns.ts";
import type { FirstTurn, TurnWritten } from "./orchestrate.ts";
import type { RecipientWebhook } from "./recipient-webhooks.ts";
import type { NewReplay } from "./replays.ts";

/** An idempotency key as it is stored: hashes only. */
export interface IdempotencyClaim {
  /** SHA-256 of the key, hex. */
  keyHash: string;
  /** SHA-256 of the canonical body, hex. */
  bodyHash: string;
  /** From when on the key is free again, ms. */
  expiresAt: number;
}

/** An event as ingest makes it durable. Strings named sealed are base64 of AES-256-GCM (see lib/seal). */
export interface NewEvent {
  id: string;
  environmentId: number;
  /** `message` is a direct message, which has no workflow; `replay` goes on over past events, and has no recipients. */
  kind: EventKind;
  name: string;
  tenant: string;
  lane: Lane;
  receivedAt: number;
  /** When orchestrate may take it: now, or `scheduledAt`. */
  dueAt: number;
  expiresAt: number | null;
  /** HMAC of the cancellation key, hex. */
  cancellationHash: string | null;
  generation: number;
  /** Recipients that are done: none yet. */
  cursor: 0;
  position: null;
  /** Sealed JSON of an EventPayload (domain/event-payload). */
  payload: string;
  /** Sealed JSON of the inline recipients; null once orchestrate has upserted them. */
  inline: string | null;
  idempotency: IdempotencyClaim | null;
  /** Text of the trace that the event belongs to (domain/trace-context); null for none. */
  trace: string | null;
  /** All that orchestrate makes of the event, where it could be planned already; null where orchestrate has yet to. */
  turn: FirstTurn | null;
  /** Where it stands among events of its ordering key; left out where it has none. */
  order?: OrderMark | undefined;
  /** Of one that a step has sent; left out for its own root. */
  descent?: Descent | undefined;
  /** Of a campaign: what is kept of it beside the event. */
  campaign?: NewCampaign;
  /** Of a replay: what is kept of it beside the event. */
  replayed?: NewReplay;
  /** What endpoints are told where it is accepted, and not where it was before. */
  webhooks?: readonly RecipientWebhook[];
}

export type AcceptResult =
  /** `turn`: what was written with it; null where it had none, or none that still fits, and orchestrate takes the event. */
  | { status: "accepted"; id: string; turn: TurnWritten | null }
  /** The key was used for the same body: the answer is the first event's id. */
  | { status: "duplicate"; id: string }
  /** The key was used for another body. */
  | { status: "mismatch" };

export interface CancelRequest {
  environmentId: number;
  cancellationHash: string;
  now: number;
}

/** What ingest asks of the store. Each call is one transaction; its promise resolves after the commit is durable. */
export interface IngestStore {
  acceptEvents(input: { events: readonly NewEvent[] }): Promise<AcceptResult[]>;
  /** Stops accepted events, waiting runs and queued messages that carry the key. */
  cancelEvents(input: CancelRequest): Promise<{ events: number; runs: number; messages: number }>;
}
