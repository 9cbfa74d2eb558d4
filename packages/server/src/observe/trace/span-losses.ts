import type { Log } from "../log.ts";
import type { SpanLoss, SpanMetrics } from "../span-metrics.ts";

/**
 * What is told of the way out, once per change: whether the receiver takes spans (`takes` ⇄ `fails`), and whether spans are
 * lost (`keeps` ⇄ `drops`).
 */
export class SpanLosses {
  readonly #metrics: SpanMetrics;
  readonly #log: Pick<Log, "info" | "warn">;
  #fails = false;
  /** Lost since that began; 0 while none are. */
  #lost = 0;

  constructor(metrics: SpanMetrics, log: Pick<Log, "info" | "warn">) {
    this.#metrics = metrics;
    this.#log = log;
  }

  dropped(count: number, reason: SpanLoss): void {
    if (count === 0) return;
    this.#metrics.dropped[reason].inc(count);
    if (this.#lost === 0) this.#log.warn("spans are dropped: the traces that they belong to have gaps", { reason });
    this.#lost += count;
  }

  failed(code: string): void {
    if (!this.#fails) this.#log.warn("the OTLP receiver does not take spans", { code });
    this.#fails = true;
  }

  /** `all`: nothing is lost any more. */
  taken(count: number, all: boolean): void {
    this.#metrics.exported.inc(count);
    if (this.#fails) this.#log.info("the OTLP receiver takes spans again");
    this.#fails = false;
    if (this.#lost === 0 || !all) return;
    this.#log.info("spans are no longer dropped", { count: this.#lost });
    this.#lost = 0;
  }
}
