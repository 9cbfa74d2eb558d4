import type { RecipientWebhookType } from "@tidings/contract/webhooks";

/** What endpoints are to be told of a recipient. Whoever makes it so writes it in the same transaction. */
export interface RecipientWebhook {
  /** Time-ordered; each endpoint's `webhook-id` is derived from it. */
  id: string;
  environmentId: number;
  recipient: string;
  /** The recipient's; empty for none. */
  tenant: string;
  type: RecipientWebhookType;
  at: number;
  /** JSON of the call's `data`, sealed with the recipient's key; null for an erasure, which takes that key along. */
  payload: string | null;
}
