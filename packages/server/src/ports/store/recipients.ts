import type { NewEvent } from "./ingest.ts";
import type { RecipientRecord, RecipientWrite } from "./orchestrate.ts";
import type { RecipientWebhook } from "./recipient-webhooks.ts";

export interface RecipientRow extends RecipientRecord {
  createdAt: number;
}

/** Endpoints that want `recipient.updated` are told that there was a recipient. */
export type ToldErasure = Pick<RecipientWebhook, "id" | "at">;

export interface RecipientStore {
  /** Writes unless what is stored is newer, and accepts `events` with it; gives what is stored then. */
  putRecipient(input: { recipient: RecipientWrite; events?: readonly NewEvent[] }): Promise<RecipientRow>;
  getRecipient(input: { environmentId: number; id: string }): Promise<RecipientRow | undefined>;
  /** Deletes the row with the data key, so that what was sealed with it is gone, and the inbox with its tokens. False where there was none. */
  deleteRecipient(input: { environmentId: number; id: string; told?: ToldErasure }): Promise<boolean>;
}
