import { createHash } from "node:crypto";
import type { Pipeline } from "../../packages/server/src/composition/pipeline.ts";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { SimulatedClock } from "../../packages/server/src/lib/simulated-clock.ts";
import type { Store } from "../../packages/server/src/ports/store/store.ts";
import { type Base, startMs } from "./base.ts";
import { type Profile, profileOf } from "./profile.ts";

/** A process of the server, as the world sees it. */
export interface LiveProcess {
  readonly node: string;
  readonly alive: boolean;
  readonly pipeline: Pipeline;
  readonly store: Store;
  kill(): void;
}

export interface Violation {
  invariant: string;
  detail: string;
}

const tracedMax = 20_000;
/** A process that wakes is early or late by so much at most, and faults are back for so long. */
const wakeSlackMs = 3000;
const stirredMs = 15_000;

/**
 * What outlives every process: time, the database, the vendors and the client. One seed decides all that happens in it.
 *
 *   faulty ── calm() ──▶ calm: no crash, no fault any more; what is open comes to its end
 *      ▲                   │ sleepUntil(): all that is open waits for its time
 *      └──── it wakes ──── asleep: no process; hours cost nothing
 */
export class World {
  readonly base: Base;
  readonly seed: number;
  readonly clock = new SimulatedClock(startMs);
  readonly profile: Profile;
  readonly violations: Violation[] = [];
  readonly trace: string[] = [];
  faulty = true;
  process: LiveProcess | undefined;
  crashes = 0;
  sleeps = 0;
  /** When it last began, or woke; ahead while it sleeps. */
  wokeAt = startMs;
  /** When each process died, by its name. */
  readonly deaths = new Map<string, number>();
  readonly #random: SeededRandom;
  readonly #crashRandom: SeededRandom;
  readonly #boot: (world: World) => LiveProcess;

  constructor(base: Base, seed: number, boot: (world: World) => LiveProcess) {
    this.base = base;
    this.seed = seed;
    this.#random = new SeededRandom(seed);
    this.#crashRandom = this.#random.fork();
    this.profile = profileOf(this.#random.fork());
    this.#boot = boot;
  }

  now(): number {
    return this.clock.now();
  }

  /** A stream of its own for one part of the world. */
  fork(): SeededRandom {
    return this.#random.fork();
  }

  start(): void {
    this.process = this.#boot(this);
    this.note(`${this.process.node} starts`);
  }

  /** True where a crash is due at this edge. */
  crashHere(): boolean {
    return this.faulty && this.#crashRandom.chance(this.profile.crash);
  }

  /** The process is gone, with all that it had in memory; another one starts some time later. */
  crash(where: string): void {
    if (this.process === undefined) return;
    this.note(`${this.process.node} crashes: ${where}`);
    this.process.kill();
    this.deaths.set(this.process.node, this.now());
    this.process = undefined;
    this.crashes += 1;
    this.clock.after(20 + this.#crashRandom.int(3000), () => this.start());
  }

  /** The process is stopped in good time, and another one starts about then. */
  sleepUntil(at: number): void {
    if (this.process === undefined) return;
    this.note(`${this.process.node} is stopped until about ${new Date(at).toISOString()}`);
    this.process.kill();
    this.deaths.set(this.process.node, this.now());
    this.process = undefined;
    this.sleeps += 1;
    this.wokeAt = Math.max(this.now(), at - wakeSlackMs + this.#crashRandom.int(2 * wakeSlackMs));
    this.clock.after(this.wokeAt - this.now(), () => {
      this.faulty = true;
      this.clock.after(stirredMs, () => this.calm());
      this.start();
    });
  }

  calm(): void {
    this.faulty = false;
    this.note("no faults any more");
  }

  note(text: string): void {
    if (this.trace.length < tracedMax) this.trace.push(`${((this.now() - startMs) / 1000).toFixed(3)} ${text}`);
  }

  violate(invariant: string, detail: string): void {
    this.violations.push({ invariant, detail });
    this.note(`VIOLATED ${invariant}: ${detail}`);
  }

  traceHash(): string {
    return createHash("sha256").update(this.trace.join("\n")).digest("hex").slice(0, 16);
  }
}
