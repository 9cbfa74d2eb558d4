import type { Clock, Timer } from "../../ports/clock.ts";
import type { Exported, Exporter } from "./otlp-exporter.ts";
import type { RecordedSpan } from "./span.ts";
import type { SpanLosses } from "./span-losses.ts";

export interface SpanQueueLimits {
  /** Spans in memory that the receiver has not taken yet. */
  queuedMax: number;
  batchMax: number;
  /** How long a span waits for others to go with. */
  intervalMs: number;
  /** How long a stop waits for what is left. */
  timeoutMs: number;
}

export interface SpanQueueOptions {
  clock: Clock;
  exporter: Exporter;
  limits: SpanQueueLimits;
  losses: SpanLosses;
}

const backoffMs = 1000;
const backoffMaxMs = 30_000;

/**
 * Spans on their way out. Nobody waits for it: what has no room is dropped, and counted.
 *
 *   idle ── first span ──▶ gathering ── interval over, or a batch full ──▶ sending ──▶ idle | gathering
 *                                           backing off ◀── not now ──────────┘
 *                                                └── time over ──▶ sending
 *
 * Invariants: at most one request is under way; a batch that may be sent again stays in front and counts as queued.
 */
export class SpanQueue {
  readonly #on: SpanQueueOptions;
  readonly #waiting: RecordedSpan[] = [];
  #sending: Promise<boolean> | undefined;
  #timer: Timer | undefined;
  /** Tries that failed, one after another. */
  #failures = 0;
  #stopping: Promise<void> | undefined;

  constructor(options: SpanQueueOptions) {
    this.#on = options;
  }

  take(span: RecordedSpan): void {
    const { limits, losses } = this.#on;
    if (this.#stopping !== undefined || this.#waiting.length >= limits.queuedMax) {
      losses.dropped(1, this.#stopping === undefined ? "full" : "stopped");
      return;
    }
    this.#waiting.push(span);
    if (this.#sending !== undefined || this.#failures > 0) return;
    if (this.#waiting.length >= limits.batchMax) this.#send();
    else this.#later(limits.intervalMs);
  }

  /** Sends what is left, each batch once, for at most the time of one request. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#finish();
    return this.#stopping;
  }

  async #finish(): Promise<void> {
    const { clock, limits, losses } = this.#on;
    this.#timer?.cancel();
    let isOver = false;
    let timer: Timer | undefined;
    const timeIsUp = new Promise<void>((resolve) => {
      timer = clock.after(limits.timeoutMs, resolve);
    });
    const sendAll = async (): Promise<void> => {
      let goesOn = (await this.#sending) ?? true;
      while (goesOn && !isOver && this.#waiting.length > 0) goesOn = await this.#sendBatch();
    };
    await Promise.race([sendAll(), timeIsUp]);
    isOver = true;
    timer?.cancel();
    losses.dropped(this.#waiting.splice(0).length, "stopped");
  }

  #later(delayMs: number): void {
    this.#timer ??= this.#on.clock.after(delayMs, () => this.#send());
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sending = this.#sendBatch().then((isTaken) => {
      this.#sending = undefined;
      if (this.#stopping === undefined && this.#waiting.length > 0) this.#goOn();
      return isTaken;
    });
  }

  #goOn(): void {
    const { limits } = this.#on;
    if (this.#failures > 0) this.#later(Math.min(backoffMaxMs, backoffMs * 2 ** (this.#failures - 1)));
    else if (this.#waiting.length >= limits.batchMax) this.#send();
    else this.#later(limits.intervalMs);
  }

  /** False where the receiver does not take anything now. */
  async #sendBatch(): Promise<boolean> {
    const { limits, losses } = this.#on;
    const batch = this.#waiting.slice(0, limits.batchMax);
    const result = await this.#export(batch);
    if (result.status === "later") {
      this.#failures += 1;
      losses.failed(result.code);
      return false;
    }
    this.#failures = 0;
    this.#waiting.splice(0, batch.length);
    if (result.status === "refused") {
      losses.failed(result.code);
      losses.dropped(batch.length, "refused");
      return true;
    }
    losses.dropped(result.rejected, "refused");
    losses.taken(batch.length - result.rejected, result.rejected === 0 && this.#waiting.length * 2 <= limits.queuedMax);
    return true;
  }

  async #export(batch: readonly RecordedSpan[]): Promise<Exported> {
    try {
      return await this.#on.exporter.send(batch);
    } catch (error) {
      // A batch that cannot be written never will be: it must not stay in front.
      return { status: "refused", code: error instanceof Error ? error.name : "fault" };
    }
  }
}
