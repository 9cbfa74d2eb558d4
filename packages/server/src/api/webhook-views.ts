import type { WebhookDeliveryView, WebhookSecretView, WebhookView } from "@tidings/contract/webhooks";
import type { WebhookSecrets } from "../domain/webhook.ts";
import type { WebhookAttemptRow } from "../ports/store/webhook-attempts.ts";
import type { WebhookDeliveryRow, WebhookRow } from "../ports/store/webhooks.ts";
import { iso, isoOrNone, orNone } from "./views.ts";

export function webhookView(row: WebhookRow, url: string): WebhookView {
  return {
    id: row.id,
    url,
    description: orNone(row.description),
    types: row.types === null ? undefined : [...row.types],
    tenant: orNone(row.tenant),
    enabled: row.enabled,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    failingSince: isoOrNone(row.failingSince),
    disabledAt: isoOrNone(row.disabledAt),
    disabledReason: row.disabledReason ?? undefined,
  };
}

export function secretView({ secrets }: WebhookSecrets, now: number): WebhookSecretView {
  const [newest, ...older] = secrets;
  return {
    secret: newest?.secret ?? "",
    previous: older.flatMap(({ secret, until }) =>
      until !== null && until > now ? [{ secret, validUntil: iso(until) }] : [],
    ),
  };
}

export function deliveryView(row: WebhookDeliveryRow, log: readonly WebhookAttemptRow[]): WebhookDeliveryView {
  return {
    id: row.id,
    type: row.type,
    message: orNone(row.messageId),
    recipient: orNone(row.recipient),
    state: row.state,
    at: iso(row.at),
    dueAt: isoOrNone(row.dueAt),
    settledAt: isoOrNone(row.settledAt),
    attempts: log.map(({ number, at, durationMs, status, code }) => ({
      number,
      at: iso(at),
      durationMs,
      status: status ?? undefined,
      code: orNone(code),
    })),
  };
}
