import type { Visit, VisitKind, VisitResult } from "../../domain/visit.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { Feedback } from "./feedback.ts";

export interface VisitsOptions {
  feedback: Pick<Feedback, "report">;
  limits: {
    /** Visits in one report. */
    batchMax: number;
    /** Visits that wait to be durable; above it they are dropped. */
    waitingMax: number;
  };
  /** Told what became of visits, for metrics. */
  onVisits(kind: VisitKind, result: VisitResult, count: number): void;
}

/**
 * What tracked mail tells, on its way into feedback. Nobody waits for it, and nothing is asked of the store on the way: whoever
 * follows a link is led on at once, also while the store is slow or away. What has no room then, or is not taken, is dropped and
 * counted. One report is under way at a time, so that vendors' reports keep nearly all of feedback's room.
 */
export class Visits {
  readonly #options: VisitsOptions;
  readonly #batcher: Batcher<Visit, true>;
  readonly #idle: (() => void)[] = [];
  #waiting = 0;

  constructor(options: VisitsOptions) {
    this.#options = options;
    this.#batcher = new Batcher((visits) => this.#report(visits), { batchMax: options.limits.batchMax, openMax: 1 });
  }

  record(visit: Visit): void {
    if (this.#waiting >= this.#options.limits.waitingMax) {
      this.#options.onVisits(visit.kind, "dropped", 1);
      return;
    }
    this.#waiting += 1;
    void this.#batcher.submit(visit);
  }

  /** A visit that was no person's. */
  passOver(kind: VisitKind): void {
    this.#options.onVisits(kind, "machine", 1);
  }

  /** Resolves when none waits. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting === 0) resolve();
      else this.#idle.push(resolve);
    });
  }

  /** Never rejects. */
  async #report(visits: readonly Visit[]): Promise<true[]> {
    const environments = new Set(visits.map(({ environmentId }) => environmentId));
    await Promise.all(
      Array.from(environments, (id) => this.#reportOf(visits.filter(({ environmentId }) => environmentId === id))),
    );
    this.#waiting -= visits.length;
    if (this.#waiting === 0) for (const resolve of this.#idle.splice(0)) resolve();
    return visits.map(() => true);
  }

  async #reportOf(visits: readonly Visit[]): Promise<void> {
    const [first] = visits;
    if (first === undefined) return;
    const { feedback, onVisits } = this.#options;
    let result: VisitResult = "recorded";
    try {
      await feedback.report(
        first.environmentId,
        visits.map(({ messageId, kind, at }) => ({ messageId, kind, at })),
      );
    } catch {
      result = "dropped";
    }
    const opened = visits.filter(({ kind }) => kind === "opened").length;
    if (opened > 0) onVisits("opened", result, opened);
    if (opened < visits.length) onVisits("clicked", result, visits.length - opened);
  }
}
