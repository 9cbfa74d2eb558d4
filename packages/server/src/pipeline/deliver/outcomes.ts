import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { type AttemptResult, nextStep } from "../../domain/retry.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { AttemptOutcome, OutcomeResult } from "../../ports/store/deliver.ts";
import type { DeliverDependencies } from "./ports.ts";

const retryStoreMs = 1_000;

/** Records what became of attempts, in batches per lane, again and again until the store has taken it. */
export class Outcomes {
  readonly #on: DeliverDependencies;
  readonly #batchers: Record<Lane, Batcher<AttemptOutcome, OutcomeResult>>;

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

  record(
    delivery: Delivery,
    attempt: { number: number; integration: IntegrationConfiguration; idempotent: boolean },
    outcome: Outcome,
  ): Promise<OutcomeResult> {
    const { clock, configuration, random } = this.#on;
    const now = clock.now();
    const result = resultOf(outcome);
    const after = nextStep(
      result,
      {
        lane: delivery.lane,
        attempt: attempt.number,
        firstAttemptAt: delivery.firstAttemptAt ?? now,
        now,
        expiresAt: delivery.expiresAt,
        retry: configuration.category(delivery.environmentId, delivery.category)?.document.retry,
        idempotent: attempt.idempotent,
      },
      result.status === "accepted" ? 0 : random.number(),
    );
    return this.#batchers[delivery.lane].submit({
      messageId: delivery.id,
      labels: labelsOf(delivery),
      integration: attempt.integration.key,
      number: attempt.number,
      finishedAt: now,
      outcome: outcome.status,
      code: outcome.status === "accepted" ? "" : outcome.code,
      detail: outcome.status === "accepted" ? "" : (outcome.detail ?? ""),
      providerMessageId: outcome.status === "accepted" ? (outcome.providerMessageId ?? "") : "",
      after,
      suppress:
        outcome.status === "rejected" && outcome.kind === "permanent" && outcome.suppress === true
          ? `refused: ${outcome.code}`
          : "",
    });
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

/** Nothing else of a message goes on to the store: the rest is open content. */
function labelsOf({ environmentId, channel, lane, category, tenant }: Delivery): AttemptOutcome["labels"] {
  return { environmentId, channel, lane, category, tenant };
}
