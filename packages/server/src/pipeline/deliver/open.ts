import { z } from "zod";
import type { Delivery } from "../../domain/delivery.ts";
import { openPayload, sealContext } from "../../domain/event-payload.ts";
import { parseProfile, parseSecrets } from "../../domain/recipient-view.ts";
import type { DeliveryRecord } from "../../ports/store/deliver.ts";
import type { DeliverKeyring } from "./ports.ts";

type Unsealing = Pick<DeliverKeyring, "unsealForRecipient" | "unsealForEnvironment">;

const contentSchema = z.object({ steps: z.record(z.string(), z.json()) });

/** Opens what the store has of a message. Undefined where its recipient or address was removed meanwhile. */
export function openDelivery(record: DeliveryRecord, keyring: Unsealing): Delivery | undefined {
  const row = record.recipientRecord;
  if (row === null) return undefined;
  const secrets = parseSecrets(keyring.unsealForRecipient(row.wrappedKey, sealContext.recipient, row.sealed));
  const address = secrets.addresses.find(
    (candidate) => candidate.channel === record.origin.channel && candidate.hash === record.addressHash,
  );
  if (address === undefined) return undefined;
  const profile = parseProfile(row.profile);
  const payload = openPayload(record.event, record.origin.environmentId, keyring);
  const journal =
    record.content === null
      ? undefined
      : contentSchema.parse(
          JSON.parse(keyring.unsealForRecipient(row.wrappedKey, sealContext.content, record.content)),
        );
  return {
    id: record.id,
    eventId: record.event.id,
    origin: record.origin,
    recipient: {
      id: row.id,
      locale: profile.locale,
      timeZone: profile.timeZone,
      country: profile.country,
      attributes: { ...profile.attributes, ...secrets.personal },
    },
    to: address.value,
    addressKnownSince: row.updatedAt,
    content: payload.message?.content,
    data: payload.data,
    steps: journal?.steps,
    trace: record.event.trace,
    createdAt: record.createdAt,
    putOffTo: record.putOffTo ?? undefined,
    expiresAt: record.expiresAt,
    attempts: record.attempts,
    firstAttemptAt: record.firstAttemptAt,
    last: record.last,
    via: payload.message?.answers?.integration,
    ...(record.isOrdered ? { isOrdered: true } : {}),
  };
}
