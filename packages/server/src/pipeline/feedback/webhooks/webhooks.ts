import { sealContext } from "../../../domain/event-payload.ts";
import { afterWebhook, parseWebhookSecrets, signing, type WebhookAnswer } from "../../../domain/webhook.ts";
import type { KeyedItem } from "../../../lib/keyed-lines.ts";
import { KeyedWorkers } from "../../../lib/keyed-workers.ts";
import type { WebhookCall } from "../../../ports/store/webhooks.ts";
import { toOwnSystem } from "../../../ports/tracer.ts";
import { callEndpoint } from "./call.ts";
import { payloadOf } from "./payload.ts";
import type { WebhookDependencies } from "./ports.ts";

/** What it is about is there no more: nobody is called. */
const goneAnswer = (code: string): WebhookAnswer => ({ status: "failed", statusCode: null, code, retryAfterMs: 0 });

/**
 * Tells endpoints what the store's outbox holds for them.
 *
 *   waiting ── call ──▶ delivered | waiting (due later) | dead        dead, delivered ── resend ──▶ waiting
 *
 * Invariants: at least once, as a crash between the call and its record repeats it, under the same `webhook-id`; what is about one
 * recipient is not due before all of it that happened earlier is settled (`WebhookStore`), and nothing else keeps an order; at most `openPerBoundMax` calls to one endpoint are under way, and a bounded number of its deliveries is in memory,
 * so that one that does not answer delays no other.
 */
export class Webhooks {
  readonly #on: WebhookDependencies;
  readonly #workers: KeyedWorkers<KeyedItem>;

  constructor(on: WebhookDependencies) {
    this.#on = on;
    this.#workers = new KeyedWorkers({
      clock: on.clock,
      limits: on.limits,
      find: () => this.#find(),
      work: ({ id }) => this.#work(id),
      onFault: (id, error) => on.onFault("webhooks", id, error),
    });
  }

  /** Ids of the deliveries that are being made. */
  get underWay(): readonly string[] {
    return this.#workers.underWay;
  }

  start(): void {
    this.#workers.start();
  }

  /** Something may be due. */
  wake(): void {
    this.#workers.wake();
  }

  /** Resolves when the calls under way are recorded. Safe to call twice. */
  stop(): Promise<void> {
    return this.#workers.stop();
  }

  async #find(): Promise<KeyedItem[]> {
    const { store, clock, limits } = this.#on;
    const { lookMax: limit, heldPerKeyMax: perEndpointMax } = limits;
    const due = await store.dueWebhookDeliveries({ now: clock.now(), limit, perEndpointMax });
    return due.map(({ id, webhookId }) => ({ id, key: webhookId, bound: webhookId }));
  }

  async #work(id: string): Promise<void> {
    const { store, clock, random, limits } = this.#on;
    const call = await store.loadWebhookCall({ id });
    if (call === undefined || (call.delivery.dueAt ?? Number.POSITIVE_INFINITY) > clock.now()) return;
    const { delivery } = call;
    const at = clock.now();
    const startedAt = clock.monotonic();
    const payload = payloadOf(call, this.#on);
    const isGone = "gone" in payload;
    const answer = isGone ? goneAnswer(payload.gone) : await this.#call(call, payload.body);
    const durationMs = Math.round(clock.monotonic() - startedAt);
    const after = isGone
      ? ({ state: "dead" } as const)
      : afterWebhook(answer, delivery.tries, clock.now(), random.number());
    const { disabled } = await store.recordWebhookAttempt({
      deliveryId: delivery.id,
      number: delivery.attempts + 1,
      at,
      durationMs,
      status: answer.statusCode,
      code: answer.status === "taken" ? "" : answer.code,
      after,
      disable: answer.status === "gone" ? "gone" : null,
      failingMaxMs: isGone ? null : limits.failingMaxMs,
    });
    this.#on.onCalled(delivery, answer, after.state === "dead", durationMs);
    // The next one of its recipient is due now.
    if (delivery.recipient !== "" && after.state !== "waiting") this.wake();
    if (disabled !== null) this.#on.onDisabled(delivery.webhookId, disabled);
  }

  async #call({ delivery, webhook, trace }: WebhookCall, body: string): Promise<WebhookAnswer> {
    const { keyring, clock, http, limits } = this.#on;
    const sealed = parseWebhookSecrets(
      keyring.unsealForEnvironment(webhook.environmentId, sealContext.webhook, webhook.sealed),
    );
    const secrets = signing(sealed, clock.now());
    const post = {
      id: delivery.id,
      url: sealed.url,
      secrets,
      body,
      timeoutMs: limits.timeoutMs,
      trace: toOwnSystem(trace),
    };
    return callEndpoint(http, post, () => clock.now());
  }
}
