import type { WebhookDeliveryState, WebhookType } from "@tidings/contract/webhooks";
import type { Lane } from "@tidings/contract/words";
import type { MessageRow } from "./log.ts";
import type { WebhookAttemptRow } from "./webhook-attempts.ts";

export type WebhookDisabledReason = "gone" | "failing";

/** What an endpoint is written as. */
export interface WebhookWrite {
  id: string;
  environmentId: number;
  description: string;
  /** Null for all. */
  types: readonly WebhookType[] | null;
  /** Empty for all. */
  tenant: string;
  enabled: boolean;
  /** Sealed JSON of its URL and secrets (domain/webhook). */
  sealed: string;
}

export interface WebhookRow extends WebhookWrite {
  /** Counts writes, for compare-and-set. */
  version: number;
  disabledAt: number | null;
  disabledReason: WebhookDisabledReason | null;
  failingSince: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface WebhookDeliveryRow {
  /** The `webhook-id`: derived from message, type and endpoint, or from what happened to a recipient and endpoint. */
  id: string;
  webhookId: string;
  environmentId: number;
  /** Empty for an example, and for what is about a recipient. */
  messageId: string;
  /** Empty for what is about a message. */
  recipient: string;
  /** See `RecipientWebhook`; null for what is about a message. */
  payload: string | null;
  type: WebhookType;
  state: WebhookDeliveryState;
  at: number;
  /** Null where it is settled, and while it waits behind another of its endpoint and recipient. */
  dueAt: number | null;
  settledAt: number | null;
  /** Attempts so far; the fence. */
  attempts: number;
  /** Place in the retry schedule, which a resend begins anew. */
  tries: number;
}

/** A delivery with what is needed to make its call. */
export interface WebhookCall {
  delivery: WebhookDeliveryRow;
  webhook: WebhookRow;
  /** Null for an example, for what is about a recipient, and where the message is gone. */
  message: MessageRow | null;
  /** The data key of the recipient whom it is about; null where there is none, or none any more. */
  recipientKey: string | null;
  /** Text of the trace of the message's event; null for none. */
  trace: string | null;
}

export interface WebhookAttempt {
  deliveryId: string;
  /** From 1; only the outcome of the highest number moves the delivery. */
  number: number;
  at: number;
  durationMs: number;
  status: number | null;
  code: string;
  after: { state: "delivered" } | { state: "waiting"; dueAt: number } | { state: "dead" };
  /** Disable the endpoint for this reason at once. */
  disable: "gone" | null;
  /** Disable it where it has failed for so long without a success; null where the attempt says nothing about it. */
  failingMaxMs: number | null;
}

export interface WebhookDeliveryQuery {
  environmentId: number;
  webhookId: string;
  state: WebhookDeliveryState | undefined;
  type: WebhookType | undefined;
  /** `at:id` of the last one seen; empty for the newest. */
  before: string;
  limit: number;
}

/**
 * Endpoints, and what they are to be told. A delivery's row is written by the call that changes its message, in the same
 * transaction, for each enabled endpoint of the environment that wants the type and the tenant; once per message and type.
 *
 * What is about a recipient (`RecipientWebhook`) stands in a line, one per endpoint and recipient, in the order of the commits and,
 * within one, as it was given: only the first of a line is due, until it is delivered or dead. One that is sent again is in no line.
 */
export interface WebhookStore {
  /** Undefined where the environment has as many already. */
  createWebhook(input: WebhookWrite & { now: number; endpointsMax: number }): Promise<WebhookRow | undefined>;
  /** Undefined where it is gone, or of another version. Enabled, it is no longer failing. */
  putWebhook(input: WebhookWrite & { now: number; version: number }): Promise<WebhookRow | undefined>;
  getWebhook(input: { environmentId: number; id: string }): Promise<WebhookRow | undefined>;
  listWebhooks(input: { environmentId: number; after: string; limit: number }): Promise<WebhookRow[]>;
  /** False where there was none. What was to be sent to it never is. */
  deleteWebhook(input: { environmentId: number; id: string }): Promise<boolean>;
  /** An example for an endpoint; undefined where that is gone. */
  addWebhookExample(input: {
    environmentId: number;
    webhookId: string;
    id: string;
    type: WebhookType;
    now: number;
  }): Promise<WebhookDeliveryRow | undefined>;
  /** Newest first, each with its latest attempts in order. */
  listWebhookDeliveries(
    input: WebhookDeliveryQuery,
  ): Promise<{ items: (WebhookDeliveryRow & { log: WebhookAttemptRow[] })[]; next: string | undefined }>;
  /**
   * Due at once under the same id, its schedule anew; what waits in a line stays where it is, and what was settled is outside of it.
   * Undefined where there is none.
   */
  resendWebhookDelivery(input: {
    environmentId: number;
    webhookId: string;
    id: string;
    now: number;
  }): Promise<(WebhookDeliveryRow & { log: WebhookAttemptRow[] }) | undefined>;
  /** Those of these environments that have an enabled endpoint which wants the type. */
  hookedEnvironments(input: { environmentIds: readonly number[]; type: WebhookType; lane: Lane }): Promise<number[]>;
  /** Due ones of enabled endpoints, at most `perEndpointMax` of each, endpoints in turns. An engine with several owners leases them. */
  dueWebhookDeliveries(input: {
    now: number;
    limit: number;
    perEndpointMax: number;
  }): Promise<{ id: string; webhookId: string }[]>;
  /** Undefined where it is settled, its endpoint gone or disabled. */
  loadWebhookCall(input: { id: string }): Promise<WebhookCall | undefined>;
  /** `disabled`: why the endpoint was disabled by it. */
  recordWebhookAttempt(
    input: WebhookAttempt,
  ): Promise<{ status: "recorded" | "fenced"; disabled: WebhookDisabledReason | null }>;
  /** Deletes deliveries of what happened before, with their attempts, at most `limit`; gives how many. */
  purgeWebhookDeliveries(input: { before: number; limit: number }): Promise<number>;
}
