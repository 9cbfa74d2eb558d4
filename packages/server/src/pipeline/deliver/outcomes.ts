import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { type AttemptResult, nextStep } from "../../domain/retry.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { AttemptEnd, AttemptOutcome, OutcomeResult } from "../../ports/store/deliver.ts";
import type { DeliverDependencies } from "./ports.ts";

const retryStoreMs = 1_000;

/** An attempt that has ended. */
export interface Result {
  delivery: Delivery;
  attempt: { number: number; integration: IntegrationConfiguration; idempotent: boolean };
  outcome: Outcome;
}

/** Records what became of attempts, in batches per lane, again and again until the store has taken it. */
export class Outcomes {
  readonly #on: DeliverDependencies;
  readonly #batchers: Record<Lane, Batcher<AttemptOutcome, OutcomeResult>>;
  #lastAccepted: AttemptEnd | undefined;

  constructor(dependencies: DeliverDependencies) {
    this.#on = dependencies;
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
  record(results: readonly Result[]): Promise<unknown> {
    const [first] = results;
    if (first === undefined) return Promise.resolve();
    return this.#batchers[first.delivery.origin.lane].submitAll(results.map((result) => this.#outcomeOf(result)));
  }

  #outcomeOf({ delivery, attempt, outcome }: Result): AttemptOutcome {
    const accepted = outcome.status === "accepted";
    return {
      messageId: delivery.id,
      number: attempt.number,
      providerMessageId: accepted ? (outcome.providerMessageId ?? "") : "",
      end: accepted
        ? this.#accepted(delivery.origin, attempt.integration.key)
        : this.#notAccepted(delivery, attempt, outcome),
    };
  }

  /** What is accepted in one millisecond ends alike. */
  #accepted(labels: MessageOrigin, integration: string): AttemptEnd {
    const finishedAt = this.#on.clock.now();
    const last = this.#lastAccepted;
    if (last?.labels === labels && last.integration === integration && last.finishedAt === finishedAt) return last;
    const shared = { labels, integration, finishedAt, code: "", detail: "", suppress: "" };
    this.#lastAccepted = { ...shared, outcome: "accepted", after: { state: "sent" } };
    return this.#lastAccepted;
  }

  #notAccepted(
    { origin, firstAttemptAt, expiresAt }: Delivery,
    { number, integration, idempotent }: Result["attempt"],
    outcome: Exclude<Outcome, { status: "accepted" }>,
  ): AttemptEnd {
    const { clock, configuration, random } = this.#on;
    const now = clock.now();
    const facts = {
      lane: origin.lane,
      attempt: number,
      firstAttemptAt: firstAttemptAt ?? now,
      now,
      expiresAt,
      retry: configuration.category(origin.environmentId, origin.category)?.document.retry,
      idempotent,
    };
    const refusedForGood = outcome.status === "rejected" && outcome.kind === "permanent" && outcome.suppress === true;
    return {
      labels: origin,
      integration: integration.key,
      finishedAt: now,
      outcome: outcome.status,
      code: outcome.code,
      detail: outcome.detail ?? "",
      after: nextStep(resultOf(outcome), facts, random.number()),
      suppress: refusedForGood ? `refused: ${outcome.code}` : "",
    };
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
  const { kind, code, detail, retryAfterMs, schedule } = outcome;
  return {
    status: "rejected",
    kind,
    code,
    detail: detail ?? "",
    retryAfterMs: retryAfterMs ?? 0,
    schedule: schedule ?? "default",
  };
}
