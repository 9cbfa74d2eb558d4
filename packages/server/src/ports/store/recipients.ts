import type { RecipientRecord, RecipientWrite } from "./orchestrate.ts";

export interface RecipientRow extends RecipientRecord {
  createdAt: number;
}

export interface RecipientStore {
  /** Writes unless what is stored is newer; gives what is stored then. */
  putRecipient(input: { recipient: RecipientWrite }): Promise<RecipientRow>;
  getRecipient(input: { environmentId: number; id: string }): Promise<RecipientRow | undefined>;
  /** Deletes the row, and with it the data key: what was sealed with it is gone. False where there was none. */
  deleteRecipient(input: { environmentId: number; id: string }): Promise<boolean>;
}
