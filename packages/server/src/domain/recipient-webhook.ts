import type { RecipientWebhookData } from "@tidings/contract/webhook-events";
import type { RecipientWebhookType } from "@tidings/contract/webhooks";
import { sealContext } from "./event-payload.ts";
import type { RecipientSealer } from "./recipient-write.ts";

/** What happened to whom, before it is sealed. `at` is when it became known here, ms. */
export interface Happened<Type extends RecipientWebhookType> {
  id: string;
  environmentId: number;
  recipient: string;
  tenant: string | undefined;
  type: Type;
  at: number;
  /** The recipient's data key, wrapped: an erasure takes it along. */
  wrappedKey: string;
  /** When it happened, where that was earlier than `at`, ms. */
  happenedAt?: number;
  data: Omit<RecipientWebhookData[Type], "recipient" | "tenant" | "at">;
}

/** As the store takes it: personal data may be in it, so that it is sealed whole. */
export function recipientWebhook<Type extends RecipientWebhookType>(
  { wrappedKey, data, happenedAt, tenant, ...of }: Happened<Type>,
  sealer: Pick<RecipientSealer, "sealForRecipient">,
) {
  const at = new Date(happenedAt ?? of.at).toISOString();
  const subject = { recipient: of.recipient, ...(tenant === undefined ? {} : { tenant }), at };
  const payload = sealer.sealForRecipient(wrappedKey, sealContext.webhookData, JSON.stringify({ ...subject, ...data }));
  return { ...of, tenant: tenant ?? "", payload };
}
