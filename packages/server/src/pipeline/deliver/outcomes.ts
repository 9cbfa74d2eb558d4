import { type Channel, type Lane, lanes } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { type AttemptResult, nextStep, type OtherIntegrations } from "../../domain/retry.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { AfterAttempt, AttemptOutcome, OutcomeResult } from "../../ports/store/deliver.ts";
import { countedOf, type Result } from "./counted.ts";
import type { DeliverDependencies } from "./ports.ts";

const retryStoreMs = 1_000;

/** What follows nearly every attempt; shared, as it crosses threads with each batch. */
const sent = { state: "sent" } as const;

/** What else could carry a message that an integration did not take. */
type Elsewhere = (delivery: Delivery, than: IntegrationConfiguration) => OtherIntegrations;

/** Records what became of attempts, in batches per lane, again and again until the store has taken it. */
export class Outcomes {
  readonly #on: DeliverDependencies;
  readonly #elsewhere: Elsewhere;
  readonly #batchers: Record<Lane, Batcher<AttemptOutcome, OutcomeResult>>;

  constructor(dependencies: DeliverDependencies, elsewhere: Elsewhere) {
    this.#on = dependencies;
    this.#elsewhere = elsewhere;
    const batcher = (lane: Lane) =>
      new Batcher<AttemptOutcome, OutcomeResult>((outcomes) => this.#store(lane, outcomes), {
        batchMax: dependencies.limits.batchMax,
        openMax: 2,
      });
    this.#batchers = {
      critical: batcher("critical"),
      transactional: batcher("transactional"),
      marketing: batcher("marketing"),
    };
  }

  /** Of one lane; resolves when the store has them. */
  async record(results: readonly Result[]): Promise<void> {
    const [first] = results;
    if (first === undefined) return;
    const outcomes = results.map((result) => this.#outcomeOf(result));
    await this.#batchers[first.delivery.origin.lane].submitAll(outcomes);
    // What goes elsewhere at once is looked for at once.
    if (outcomes.some(({ after, finishedAt }) => after.state === "queued" && after.dueAt <= finishedAt))
      this.#on.queue.wake(`delivery.${first.delivery.origin.channel}.${first.delivery.origin.lane}`);
    if (results.some(({ delivery }) => delivery.isOrdered === true)) this.#letOthersGo(first.delivery.origin.channel);
  }

  /** What was behind these in their order is due with their outcomes: it is looked for at once, in whichever lane it is. */
  #letOthersGo(channel: Channel): void {
    for (const lane of lanes) this.#on.queue.wake(`delivery.${channel}.${lane}`);
  }

  #outcomeOf({ delivery, attempt, outcome }: Result): AttemptOutcome {
    const now = this.#on.clock.now();
    const { origin } = delivery;
    const accepted = outcome.status === "accepted";
    const after = accepted ? sent : this.#nextStep({ delivery, attempt, outcome }, now);
    const counted = countedOf({ delivery, attempt, outcome }, after, now);
    return {
      messageId: delivery.id,
      labels: origin,
      integration: attempt.integration.key,
      number: attempt.number,
      finishedAt: now,
      outcome: outcome.status,
      code: accepted ? "" : outcome.code,
      detail: accepted ? "" : (outcome.detail ?? ""),
      providerMessageId: accepted ? (outcome.providerMessageId ?? "") : "",
      after,
      mailbox: counted.mailbox,
      latencyMs: counted.latencyMs,
      cost: counted.cost,
      suppress:
        outcome.status === "rejected" && outcome.kind === "permanent" && outcome.suppress === true
          ? `refused: ${outcome.code}`
          : "",
    };
  }

  /** Of one that was not accepted. */
  #nextStep({ delivery, attempt, outcome }: Result, now: number): AfterAttempt {
    const { configuration, random } = this.#on;
    const { origin } = delivery;
    const facts = {
      lane: origin.lane,
      attempt: attempt.number,
      firstAttemptAt: delivery.firstAttemptAt ?? now,
      now,
      expiresAt: delivery.expiresAt,
      retry: configuration.category(origin.environmentId, origin.category)?.document.retry,
      idempotent: attempt.idempotent,
      others: this.#elsewhere(delivery, attempt.integration),
    };
    return nextStep(resultOf(outcome), facts, random.number());
  }

  /** An outcome is known only here: a store that cannot take it now is asked again, while its place stays taken. */
  async #store(lane: Lane, outcomes: readonly AttemptOutcome[]): Promise<readonly OutcomeResult[]> {
    for (;;) {
      try {
        return await this.#on.store.recordOutcomes({ outcomes, lane });
      } catch (error) {
        this.#on.observer.onFault("record outcomes", "", error);
        await new Promise<void>((resolve) => void this.#on.clock.after(retryStoreMs, resolve));
      }
    }
  }
}

function resultOf(outcome: Outcome): AttemptResult {
  if (outcome.status !== "rejected") return outcome;
  const { kind, code, detail, retryAfterMs, schedule, scope, attemptsMax } = outcome;
  return {
    status: "rejected",
    kind,
    code,
    detail: detail ?? "",
    retryAfterMs: retryAfterMs ?? 0,
    schedule: schedule ?? "default",
    isElsewhere: scope !== "message",
    attemptsMax,
  };
}
