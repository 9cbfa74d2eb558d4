import type { Timer } from "../../ports/clock.ts";
import type {
  Feedback,
  OutboundMessage,
  Outcome,
  Provider,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import type { SimulatorSettings } from "./settings.ts";
import { Vendor, type Verdict } from "./vendor.ts";

/** Reports that may wait at once; a vendor that loses feedback is part of life, one that fills the memory is not. */
const pendingReportsMax = 100_000;

/** The simulated vendor inside the process: time passes on the environment's clock, feedback goes to `environment.report`. */
export class InProcessSimulator implements Provider {
  readonly maxBatch: number;
  readonly idempotent: boolean;
  readonly #vendor: Vendor;
  readonly #environment: ProviderEnvironment;
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(settings: SimulatorSettings, environment: ProviderEnvironment) {
    this.maxBatch = settings.maxBatch;
    this.idempotent = settings.idempotent;
    this.#vendor = new Vendor(settings);
    this.#environment = environment;
  }

  async send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const unknown = batch.map((): Outcome => ({ status: "unknown", code: "timeout", detail: "no answer in time" }));
    if (context.signal.aborted) return unknown;
    const verdict = this.#vendor.judge(batch, this.#environment.clock.now());
    this.#plan(verdict);
    if (verdict.answers && verdict.latencyMs === 0) return verdict.outcomes;
    return (await this.#answered(verdict, context.signal)) ? verdict.outcomes : unknown;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** True when the latency has passed, false when the signal came first. */
  #answered(verdict: Verdict, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = verdict.answers ? this.#environment.clock.after(verdict.latencyMs, () => settle(true)) : undefined;
      const onAbort = (): void => settle(false);
      const settle = (answered: boolean): void => {
        timer?.cancel();
        signal.removeEventListener("abort", onAbort);
        resolve(answered);
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** One timer per moment, not per report. */
  #plan(verdict: Verdict): void {
    if (this.#closed) return;
    const now = this.#environment.clock.now();
    const byDelay = new Map<number, Feedback[]>();
    for (const { id, kind, delayMs, code } of verdict.feedback) {
      const report: Feedback = { messageId: id, kind, at: now + delayMs, ...(code === undefined ? {} : { code }) };
      const due = byDelay.get(delayMs);
      if (due === undefined) byDelay.set(delayMs, [report]);
      else due.push(report);
    }
    for (const [delayMs, reports] of byDelay) {
      if (this.#timers.size >= pendingReportsMax) return;
      const timer = this.#environment.clock.after(delayMs, () => {
        this.#timers.delete(timer);
        // a report that cannot be stored is one that the vendor lost: the store's own alarms tell
        this.#environment.report(reports).catch(() => undefined);
      });
      this.#timers.add(timer);
    }
  }
}
