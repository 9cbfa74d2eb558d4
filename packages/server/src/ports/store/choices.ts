import type { ConsentAction } from "@tidings/contract/consents";
import type { Channel } from "@tidings/contract/words";
import type { OptOut } from "../../domain/policy/opt-outs.ts";
import type { SuppressionKey, SuppressionRow } from "../../domain/suppression.ts";
import type { AcceptResult, NewEvent } from "./ingest.ts";
import type { RecipientWrite } from "./orchestrate.ts";
import type { RecipientWebhook } from "./recipient-webhooks.ts";

/** An entry of the ledger. */
export interface ConsentRow {
  /** Time-ordered. */
  id: string;
  purpose: string;
  /** Null for all channels. */
  channel: Channel | null;
  action: ConsentAction;
  at: number;
  recordedAt: number;
  /** Sealed JSON of source, IP, text and jurisdiction (domain/policy/consent-evidence). */
  sealed: string;
}

/** All that somebody chose and agreed to, and what that adds to the ledger. */
export interface ChoicesWrite {
  environmentId: number;
  id: string;
  /** Of the recipient as read; what was written since is not overwritten. */
  version: number;
  /** The recipient's data key as read: evidence that another one sealed would never open. */
  wrappedKey: string;
  /** JSON (domain/policy/choices). */
  choices: string;
  optOuts: readonly OptOut[];
  consents: readonly ConsentRow[];
  /** Addresses that get less from now on, and what is taken back of that. */
  suppress?: readonly SuppressionRow[];
  release?: readonly SuppressionKey[];
  /** That tell of the change to workflows: they are accepted with it. Without idempotency keys and turns. */
  events?: readonly NewEvent[];
  /** What endpoints are to be told of it, in order. */
  webhooks?: readonly RecipientWebhook[];
}

/** A change that an event is: of choices, or of the recipient. */
export type ChangeWrite =
  | { choices: ChoicesWrite; recipient?: undefined }
  | { recipient: RecipientWrite; choices?: undefined };

/** What recipients chose, and what they agreed to. */
export interface ChoicesStore {
  /**
   * In the order given: false where the recipient is gone, or is of another version by now. What is written adds one to the
   * version, so that nothing planned on the choices before is written as if nothing had happened.
   */
  putChoices(input: { writes: readonly ChoicesWrite[] }): Promise<boolean[]>;
  /**
   * Accepts the event and makes the change that it is, or neither: where its idempotency key was used, and where the recipient
   * is another than was read (`changed`).
   */
  acceptChange(input: { event: NewEvent } & ChangeWrite): Promise<AcceptResult | { status: "changed" }>;
  /** Newest first, entries before the id `before`; empty for the newest. */
  listConsents(input: {
    environmentId: number;
    recipient: string;
    before: string;
    limit: number;
  }): Promise<ConsentRow[]>;
}
