import type { SoftBounceRule } from "../../domain/soft-bounces.ts";
import { TidingsError } from "../../errors.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Feedback as Report } from "../../ports/provider.ts";
import type { FeedbackReport, FeedbackStore } from "../../ports/store/feedback.ts";

export interface FeedbackOptions {
  store: Pick<FeedbackStore, "recordFeedback">;
  clock: Clock;
  /** When soft bounces suppress an address of the environment; undefined where they never do. */
  softBounces: (environmentId: number) => SoftBounceRule | undefined;
  limits: {
    /** Reports in one transaction. */
    batchMax: number;
    /** Reports that wait to be durable; above it the provider is told to come again. */
    waitingMax: number;
    retryAfterSeconds: number;
  };
}

/** Reports that travel as one item of a batch: a provider's call of thousands must not hold up all others. */
const chunkLength = 100;

/**
 * Last stage. Takes what providers reported, verified and normalised, and records it; states move by rank in the
 * store, so reports may come twice, late and in any order. The promise resolves once they are durable.
 */
export class Feedback {
  readonly #options: FeedbackOptions;
  readonly #batcher: Batcher<readonly FeedbackReport[], true>;
  #waiting = 0;

  constructor(options: FeedbackOptions) {
    this.#options = options;
    this.#batcher = new Batcher((chunks) => this.#record(chunks), {
      batchMax: Math.max(1, Math.floor(options.limits.batchMax / chunkLength)),
      openMax: 1,
    });
  }

  /** Gives how many were taken. What carries no id of ours names nothing here, and is dropped. */
  async report(environmentId: number, feedback: readonly Report[]): Promise<number> {
    const { waitingMax, retryAfterSeconds } = this.#options.limits;
    if (this.#waiting >= waitingMax) throw new TidingsError("overloaded", { retryAfterSeconds });
    const reports: FeedbackReport[] = [];
    for (const { messageId, kind, at, code } of feedback) {
      // Whole milliseconds are what is stored; a vendor's clock may be finer.
      if (isId(messageId)) reports.push({ environmentId, messageId, kind, at: Math.trunc(at), code: code ?? "" });
    }
    this.#waiting += reports.length;
    try {
      const chunks: Promise<true>[] = [];
      for (let from = 0; from < reports.length; from += chunkLength) {
        chunks.push(this.#batcher.submit(reports.slice(from, from + chunkLength)));
      }
      await Promise.all(chunks);
      return reports.length;
    } finally {
      this.#waiting -= reports.length;
    }
  }

  async #record(chunks: readonly (readonly FeedbackReport[])[]): Promise<true[]> {
    const { store, clock } = this.#options;
    const reports = chunks.flat();
    await store.recordFeedback({ reports, now: clock.now(), softBounces: this.#rulesFor(reports) });
    return chunks.map(() => true);
  }

  #rulesFor(reports: readonly FeedbackReport[]): Map<number, SoftBounceRule> {
    const rules = new Map<number, SoftBounceRule>();
    for (const environmentId of new Set(reports.map((report) => report.environmentId))) {
      const rule = this.#options.softBounces(environmentId);
      if (rule !== undefined) rules.set(environmentId, rule);
    }
    return rules;
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
