import { attemptCost } from "../../domain/attempt-cost.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { mailboxProviderOf } from "../../domain/mailbox-provider.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { AfterAttempt } from "../../ports/store/deliver.ts";

/** An attempt that has ended. */
export interface Result {
  delivery: Delivery;
  attempt: { number: number; integration: IntegrationConfiguration; idempotent: boolean };
  outcome: Outcome;
}

/** What statistics tell apart, and the store cannot: who runs the mailbox, how long it took, what it cost. */
export function countedOf({ delivery, attempt, outcome: { status } }: Result, after: AfterAttempt, now: number) {
  const { origin, to, recipient, createdAt, putOffTo } = delivery;
  const attempted = {
    channel: origin.channel,
    to,
    country: recipient.country,
    outcome: status,
    repeats: attempt.idempotent && after.state === "queued",
  };
  return {
    mailbox: mailboxProviderOf(origin.channel, to),
    latencyMs: status === "accepted" ? now - (putOffTo ?? createdAt) : undefined,
    cost: attemptCost(attempt.integration, attempted),
  };
}
