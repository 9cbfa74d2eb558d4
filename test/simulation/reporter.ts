import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { Feedback, FeedbackKind } from "../../packages/server/src/ports/provider.ts";
import type { World } from "./world.ts";

/** What a vendor may have to report about a message, and how often. */
const chances: readonly (readonly [FeedbackKind, number])[] = [
  ["delivered", 0.6],
  ["bounced", 0.08],
  ["failed", 0.06],
  ["complained", 0.06],
  ["opened", 0.15],
  ["clicked", 0.08],
  ["read", 0.03],
];
const repeatMs = 3000;

/** A report, with when it was first made and when the server had taken it. */
export interface Report extends Feedback {
  madeAt: number;
  takenAt: number;
}

/**
 * Reports what became of messages: late, out of order, some twice, and each until the server has taken it. Whichever
 * process lives then gets it.
 */
export class Reporter {
  readonly #world: World;
  readonly #random: SeededRandom;
  /** Everything that was ever reported. */
  readonly sent: Report[] = [];
  #open = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.fork();
  }

  /** Reports that the server has not taken yet. */
  get open(): number {
    return this.#open;
  }

  plan(messageId: string): void {
    for (const [kind, chance] of chances) {
      if (!this.#random.chance(chance)) continue;
      const times = this.#random.chance(0.2) ? 2 : 1;
      for (let time = 0; time < times; time += 1) {
        const delayMs = this.#random.int(this.#random.chance(0.8) ? 3000 : 25_000);
        const at = this.#world.now() + this.#random.int(delayMs + 1);
        const report: Report = { messageId, kind, at, madeAt: 0, takenAt: Number.POSITIVE_INFINITY };
        this.#open += 1;
        this.#world.clock.after(delayMs, () => {
          report.madeAt = this.#world.now();
          this.sent.push(report);
          this.#send(report);
        });
      }
    }
  }

  #send(report: Report): void {
    const { process, clock, base } = this.#world;
    let taken = false;
    clock.after(repeatMs, () => {
      if (!taken) this.#send(report);
    });
    if (process === undefined) return;
    const { messageId, kind, at } = report;
    process.pipeline.feedback.report(base.environment.id, [{ messageId, kind, at }]).then(
      () => {
        if (taken) return;
        taken = true;
        report.takenAt = this.#world.now();
        this.#open -= 1;
        this.#world.note(`${report.kind} of ${report.messageId} was taken`);
      },
      (error: unknown) => this.#world.note(`${report.kind} of ${report.messageId} was refused: ${String(error)}`),
    );
  }
}
