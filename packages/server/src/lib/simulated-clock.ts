/*
 * Time as a seed drives it: it stands still until the harness moves it, and timers run in the order of their due times,
 * those of one moment in the order in which they were set. So a run is repeated exactly from its seed.
 *
 * Invariants: time never goes back; a timer runs at most once, never before it is due and never after it was canceled;
 * a process that was dropped (it crashed) has no timers and sets none, while those of other processes go on.
 */

import { eventLoopTurn } from "./event-loop-turn.ts";

interface SimulatedTimer {
  dueAt: number;
  /** Breaks ties: timers of one moment run as they were set. */
  order: number;
  owner: ProcessClock;
  run: () => void;
}

/** More timers than this at one moment mean a loop that re-arms itself without delay. */
const timersAtOnceMax = 1_000_000;

class TimeLine {
  timeMs: number;
  /** Latest first, so that the next one is taken from the end. A heap gains nothing at the few hundred of a simulation. */
  timers: SimulatedTimer[] = [];
  #order = 0;

  constructor(startMs: number) {
    this.timeMs = startMs;
  }

  set(owner: ProcessClock, delayMs: number, run: () => void): SimulatedTimer {
    // Whole milliseconds, as they are what is stored; rounded up, as no timer may be early.
    const timer = { dueAt: this.timeMs + Math.ceil(Math.max(0, delayMs)), order: this.#order, owner, run };
    this.#order += 1;
    this.timers.splice(this.#place(timer), 0, timer);
    return timer;
  }

  remove(timer: SimulatedTimer): void {
    const place = this.#place(timer);
    if (this.timers[place] === timer) this.timers.splice(place, 1);
  }

  /** Index of the first timer that does not run after this one. */
  #place(timer: SimulatedTimer): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.timers[middle];
      const later = other !== undefined && (other.dueAt - timer.dueAt || other.order - timer.order) > 0;
      if (later) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The clock of one simulated process. Its monotonic time starts with it, so a value kept across a restart shows. */
export class ProcessClock {
  readonly #line: TimeLine;
  readonly #startedMs: number;
  #dropped = false;

  constructor(line: TimeLine) {
    this.#line = line;
    this.#startedMs = line.timeMs;
  }

  now(): number {
    return this.#line.timeMs;
  }

  monotonic(): number {
    return this.#line.timeMs - this.#startedMs;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    if (this.#dropped) return { cancel: () => undefined };
    const timer = this.#line.set(this, delayMs, run);
    return { cancel: () => this.#line.remove(timer) };
  }

  /** The process is gone: none of its timers runs any more, and what of it still runs sets timers in vain. */
  drop(): void {
    this.#dropped = true;
    this.#line.timers = this.#line.timers.filter((timer) => timer.owner !== this);
  }
}

/** The time line that the harness moves, and a clock itself. */
export class SimulatedClock extends ProcessClock {
  readonly #line: TimeLine;

  constructor(startMs: number) {
    const line = new TimeLine(startMs);
    super(line);
    this.#line = line;
  }

  /** A clock for one simulated process, whose timers can be dropped together. */
  fork(): ProcessClock {
    return new ProcessClock(this.#line);
  }

  /** Timers that will run. */
  get pending(): number {
    return this.#line.timers.length;
  }

  /** When the next timer is due; undefined where there is none. */
  get nextDueAt(): number | undefined {
    return this.#line.timers.at(-1)?.dueAt;
  }

  /** Moves time to the next timer and runs it. False where there is none. */
  runNext(): boolean {
    const timer = this.#line.timers.pop();
    if (timer === undefined) return false;
    this.#line.timeMs = timer.dueAt;
    timer.run();
    return true;
  }

  /** Runs one by one all timers due until then, also those that they set; then it is `timeMs`. */
  advanceTo(timeMs: number): void {
    for (const _ of this.#dueUntil(timeMs)) this.runNext();
    this.#line.timeMs = Math.max(this.#line.timeMs, timeMs);
  }

  /** As `advanceTo`, but all that a timer set off comes to rest, as `settle` says, before the next one runs. */
  async settleTo(timeMs: number, settle: () => Promise<void> = eventLoopTurn): Promise<void> {
    await settle();
    for (const _ of this.#dueUntil(timeMs)) {
      this.runNext();
      await settle();
    }
    this.#line.timeMs = Math.max(this.#line.timeMs, timeMs);
  }

  *#dueUntil(timeMs: number): Generator<number> {
    let atOnce = 0;
    for (let due = this.nextDueAt; due !== undefined && due <= timeMs; due = this.nextDueAt) {
      atOnce = due > this.#line.timeMs ? 0 : atOnce + 1;
      if (atOnce > timersAtOnceMax) throw new Error("timers re-arm themselves without delay: time stands still");
      yield due;
    }
  }
}
