import { type BulkEntry, bulkEntry, bulkKey } from "./ses-bulk.ts";
import type { SesMail } from "./ses-mail.ts";

/** docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html */
export const bulkMax = 50;
/** With an inline template the whole input may have 1 MB (…/dg/send-personalized-email-api.html); the rest is for what is around. */
const bulkBytesMax = 900_000;

export interface SesBatch {
  mails: SesMail[];
  entries: BulkEntry[];
}

/** Which mails go out together; one with no other is a batch of one. Order is kept within a batch. */
export function sesBatches(mails: readonly SesMail[], bulk: boolean): SesBatch[] {
  const batches: SesBatch[] = [];
  const open = new Map<string, { batch: SesBatch; bytes: number }>();
  for (const mail of mails) {
    const key = bulk ? bulkKey(mail) : undefined;
    if (key === undefined) {
      batches.push({ mails: [mail], entries: [] });
      continue;
    }
    const entry = bulkEntry(mail);
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    const last = open.get(key);
    if (last !== undefined && last.batch.mails.length < bulkMax && last.bytes + bytes <= bulkBytesMax) {
      last.batch.mails.push(mail);
      last.batch.entries.push(entry);
      last.bytes += bytes;
    } else {
      const batch = { mails: [mail], entries: [entry] };
      open.set(key, { batch, bytes });
      batches.push(batch);
    }
  }
  return batches;
}
