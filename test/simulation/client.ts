import { TidingsError } from "../../packages/server/src/errors.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { Intent } from "./scenario.ts";
import type { World } from "./world.ts";

const answerWaitMs = 4000;

/** What the client knows of an event that it reported. */
export interface Posted {
  intent: Intent;
  /** Ids that it was given; more than one is a fault. */
  ids: Set<string>;
  /** True where it was refused for good: its time had passed when it came. */
  refused: boolean;
}

/**
 * The application. It reports each event until it is answered, always with the same key and body; some it reports twice.
 * An answer counts as soon as it was given, even where the process died right after.
 */
export class Client {
  readonly posted: Posted[];
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #onCancel: (intent: Intent) => () => void;
  #open = 0;

  /** `onCancel` is told when a cancellation is asked for, and gives what is told of its answer. */
  constructor(world: World, intents: readonly Intent[], onCancel: (intent: Intent) => () => void) {
    this.#world = world;
    this.#random = world.fork();
    this.#onCancel = onCancel;
    this.posted = intents.map((intent) => ({ intent, ids: new Set(), refused: false }));
    for (const posted of this.posted) this.#plan(posted);
  }

  /** Calls that were not answered yet. */
  get open(): number {
    return this.#open;
  }

  #plan(posted: Posted): void {
    const { postAt, doubledAt, cancelAt } = posted.intent;
    for (const at of [postAt, ...doubledAt]) this.#at(at, (done) => this.#post(posted, done));
    if (cancelAt !== undefined) this.#at(cancelAt, (done) => this.#cancel(posted.intent, done));
  }

  #at(at: number, run: (done: () => void) => void): void {
    this.#open += 1;
    let over = false;
    const done = (): void => {
      if (!over) this.#open -= 1;
      over = true;
    };
    const attempt = (): void => {
      if (over) return;
      this.#world.clock.after(answerWaitMs + this.#random.int(1000), attempt);
      run(done);
    };
    this.#world.clock.after(Math.max(0, at - this.#world.now()), attempt);
  }

  #post(posted: Posted, done: () => void): void {
    const { process, base } = this.#world;
    const { ref, body, key } = posted.intent;
    process?.pipeline.ingest.accept(base.environment.id, structuredClone(body), key).then(
      ({ id }) => {
        posted.ids.add(id);
        this.#world.note(`${ref} was accepted as ${id}`);
        if (posted.ids.size > 1) this.#world.violate("doubled-post-same-id", `${ref}: ${[...posted.ids].join(", ")}`);
        done();
      },
      (error: unknown) => {
        this.#world.note(`${ref} was refused: ${String(error)}`);
        if (!(error instanceof TidingsError)) this.#world.violate("post-is-answered", `${ref}: ${String(error)}`);
        else if (error.code === "validation_failed") {
          posted.refused = true;
          done();
        } else if (error.code === "idempotency_mismatch")
          this.#world.violate("doubled-post-same-id", `${ref}: mismatch`);
      },
    );
  }

  #cancel(intent: Intent, done: () => void): void {
    const { process, base } = this.#world;
    const onAnswer = this.#onCancel(intent);
    process?.pipeline.ingest.cancel(base.environment.id, intent.body.cancellationKey ?? "").then(
      (totals) => {
        this.#world.note(`${intent.ref} was canceled: ${JSON.stringify(totals)}`);
        onAnswer();
        done();
      },
      (error: unknown) => this.#world.note(`${intent.ref} was not canceled: ${String(error)}`),
    );
  }
}
