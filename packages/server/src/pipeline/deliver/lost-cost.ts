import { attemptCost } from "../../domain/attempt-cost.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { DeliveryRecord } from "../../ports/store/deliver.ts";
import { openDelivery } from "./open.ts";
import type { DeliverKeyring } from "./ports.ts";

/**
 * What an attempt may have cost whose process is gone, in millionths. Without its address, or where nothing can be opened, the
 * price is that of no country: the message is settled all the same.
 */
export function lostCost(
  record: DeliveryRecord,
  integration: IntegrationConfiguration | undefined,
  keyring: DeliverKeyring,
  repeats: boolean,
): number {
  if (integration?.document.price === undefined) return 0;
  const delivery = opened(record, keyring);
  const { channel } = record.origin;
  const country = delivery?.recipient.country;
  return attemptCost(integration, { channel, to: delivery?.to, country, outcome: "unknown", repeats });
}

function opened(record: DeliveryRecord, keyring: DeliverKeyring): Delivery | undefined {
  try {
    return openDelivery(record, keyring);
  } catch {
    return undefined;
  }
}
