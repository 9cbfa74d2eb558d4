import { z } from "zod";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What a webhook's `sealed` holds, as JSON: the newest secret first, each other one until its time is over. */
const sealedSchema = z.object({
  url: z.string(),
  secrets: z.array(z.object({ secret: z.string(), until: z.number().nullable() })).min(1),
});
export type WebhookSecrets = z.infer<typeof sealedSchema>;

export function parseWebhookSecrets(json: string): WebhookSecrets {
  return sealedSchema.parse(JSON.parse(json));
}

/** Secrets that sign beside the newest one, at most. */
const previousMax = 4;

/** Puts a new secret in front; the one before it stays valid until `until`. */
export function rotated({ url, secrets }: WebhookSecrets, secret: string, now: number, until: number): WebhookSecrets {
  const [newest, ...older] = secrets;
  const kept = [...(newest === undefined ? [] : [{ secret: newest.secret, until }]), ...older];
  const valid = kept.filter((one) => one.until !== null && one.until > now).slice(0, previousMax);
  return { url, secrets: [{ secret, until: null }, ...valid] };
}

/** Secrets that sign now, newest first. */
export function signing({ secrets }: WebhookSecrets, now: number): string[] {
  return secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret);
}

/** Delays before the second, third … try (Standard Webhooks 1.0.0, "Deliverability and reliability"), ms. */
export const webhookScheduleMs: readonly number[] = [
  5_000,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];
/** Later by up to this part of the delay, so that what failed together does not come back together. */
const jitterPart = 0.2;

/** What a call to an endpoint came to. */
export type WebhookAnswer =
  | { status: "taken"; statusCode: number }
  /** 410: it asks not to be called again. */
  | { status: "gone"; statusCode: number; code: string }
  | { status: "failed"; statusCode: number | null; code: string; retryAfterMs: number };

export type AfterWebhook = { state: "delivered" } | { state: "waiting"; dueAt: number } | { state: "dead" };

/** What follows a try, of which there were `tries` since the delivery began or was sent again; `jitter` in [0, 1). */
export function afterWebhook(answer: WebhookAnswer, tries: number, now: number, jitter: number): AfterWebhook {
  if (answer.status === "taken") return { state: "delivered" };
  const delayMs = answer.status === "gone" ? undefined : webhookScheduleMs[tries];
  if (delayMs === undefined || answer.status === "gone") return { state: "dead" };
  const ownMs = Math.ceil(delayMs * (1 + jitterPart * jitter));
  return { state: "waiting", dueAt: now + Math.max(ownMs, answer.retryAfterMs) };
}
