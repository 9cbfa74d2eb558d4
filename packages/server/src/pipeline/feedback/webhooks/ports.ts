import type { MessageView } from "@tidings/contract/messages";
import type { WebhookAnswer } from "../../../domain/webhook.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { OutboundHttp } from "../../../ports/provider.ts";
import type { Random } from "../../../ports/random.ts";
import type { MessageRow } from "../../../ports/store/log.ts";
import type { WebhookDeliveryRow, WebhookDisabledReason, WebhookStore } from "../../../ports/store/webhooks.ts";

export interface WebhookLimits {
  /** Calls under way at once, and of those to one endpoint. */
  openMax: number;
  openPerBoundMax: number;
  /** Deliveries of one endpoint in memory, and how many one look into the store takes in. */
  heldPerKeyMax: number;
  lookMax: number;
  pollMs: number;
  timeoutMs: number;
  /** An endpoint is disabled where all its calls have failed for so long. */
  failingMaxMs: number;
}

export interface WebhookDependencies {
  store: Pick<WebhookStore, "dueWebhookDeliveries" | "loadWebhookCall" | "recordWebhookAttempt">;
  keyring: {
    unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
    unsealForRecipient(wrappedKey: string, context: string, sealed: string): string;
  };
  clock: Clock;
  random: Random;
  http: OutboundHttp;
  /** A message as the API shows it. */
  view: (row: MessageRow) => MessageView;
  limits: WebhookLimits;
  onCalled: (delivery: WebhookDeliveryRow, answer: WebhookAnswer, dead: boolean, tookMs: number) => void;
  onDisabled: (webhookId: string, reason: WebhookDisabledReason) => void;
  onFault: (where: string, id: string, error: unknown) => void;
}
