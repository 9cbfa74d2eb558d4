import { TidingsError } from "../../packages/server/src/errors.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { cancelCampaign, choose } from "./client-calls.ts";
import type { Intent, Refusal } from "./scenario.ts";
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
  readonly #planned = new Set<{ at: number }>();
  #open = 0;

  /** `onCancel` is told when a cancellation is asked for, and gives what is told of its answer. */
  constructor(
    world: World,
    { intents, refusals }: { intents: readonly Intent[]; refusals: readonly Refusal[] },
    onCancel: (intent: Intent) => () => void,
  ) {
    this.#world = world;
    this.#random = world.fork();
    this.#onCancel = onCancel;
    this.posted = intents.map((intent) => ({ intent, ids: new Set(), refused: false }));
    for (const posted of this.posted) this.#plan(posted);
    for (const refusal of refusals) this.#at(refusal.at, (done) => this.#refuse(refusal, done));
  }

  /** Calls that were not answered yet. */
  get open(): number {
    return this.#open;
  }

  /** When the next call is made; undefined while one is under way. */
  get nextAt(): number | undefined {
    if (this.#planned.size < this.#open) return undefined;
    return Math.min(...[...this.#planned].map(({ at }) => at));
  }

  #plan(posted: Posted): void {
    const { postAt, doubledAt, cancelAt } = posted.intent;
    for (const at of [postAt, ...doubledAt]) this.#at(at, (done) => this.#post(posted, done));
    if (cancelAt !== undefined) this.#at(cancelAt, (done) => this.#cancel(posted, done));
  }

  #at(at: number, run: (done: () => void) => void): void {
    this.#open += 1;
    const planned = { at };
    this.#planned.add(planned);
    let over = false;
    const done = (): void => {
      if (!over) this.#open -= 1;
      over = true;
    };
    const attempt = (): void => {
      this.#planned.delete(planned);
      if (over) return;
      this.#world.clock.after(answerWaitMs + this.#random.int(1000), attempt);
      run(done);
    };
    this.#world.clock.after(Math.max(0, at - this.#world.now()), attempt);
  }

  #post(posted: Posted, done: () => void): void {
    const { process, base } = this.#world;
    const { ref, body, key, campaign } = posted.intent;
    const { id: environmentId } = base.environment;
    const ingest = process?.pipeline.ingest;
    const accepted =
      campaign === undefined
        ? ingest?.accept(environmentId, structuredClone(body), key)
        : ingest?.acceptCampaign(environmentId, structuredClone(campaign), key);
    accepted?.then(
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

  #cancel(posted: Posted, done: () => void): void {
    const { intent, refused } = posted;
    // Nobody cancels a campaign of which they were not told.
    if (refused) {
      done();
      return;
    }
    if (intent.campaign !== undefined && posted.ids.size === 0) return;
    const { process, base } = this.#world;
    const onAnswer = this.#onCancel(intent);
    const { id: environmentId } = base.environment;
    const key = intent.body.cancellationKey ?? "";
    const canceled =
      intent.campaign === undefined
        ? process?.pipeline.ingest.cancel(environmentId, key)
        : process && cancelCampaign(process.store, environmentId, [...posted.ids].join(), this.#world.now());
    canceled?.then(
      (totals) => {
        this.#world.note(`${intent.ref} was canceled: ${JSON.stringify(totals)}`);
        onAnswer();
        done();
      },
      (error: unknown) => this.#world.note(`${intent.ref} was not canceled: ${String(error)}`),
    );
  }

  #refuse({ recipient, category }: Refusal, done: () => void): void {
    const { process, base } = this.#world;
    const preferences = { categories: { [category]: { all: "off" as const } } };
    const refused = process && choose(process.store, base.environment.id, recipient, preferences);
    refused?.then(
      (isWritten) => {
        this.#world.note(`${recipient} ${isWritten ? "refuses" : "could not refuse"} ${category}`);
        if (isWritten) done();
      },
      (error: unknown) => this.#world.note(`${recipient} could not refuse ${category}: ${String(error)}`),
    );
  }
}
