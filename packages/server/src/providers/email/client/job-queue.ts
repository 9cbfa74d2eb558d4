import type { Clock } from "../../../ports/clock.ts";
import { Alarm } from "./alarm.ts";
import type { Job } from "./job.ts";

/** Mails that wait for a connection, in the order of their coming, each for a bounded time. */
export class JobQueue {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onTooLong: (job: Job) => void;
  /** With the time until which each waits (monotonic): the first is the first to run out of it. */
  readonly #waiting = new Map<Job, number>();
  readonly #back: Job[] = [];
  readonly #alarm: Alarm;

  constructor(clock: Clock, timeoutMs: number, onTooLong: (job: Job) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onTooLong = onTooLong;
    this.#alarm = new Alarm(clock, () => this.#expire());
  }

  get size(): number {
    return this.#waiting.size + this.#back.length;
  }

  /** It waits no longer than its call lasts. */
  add(job: Job): void {
    const now = this.#clock.monotonic();
    const until = Math.min(job.until, now + this.#timeoutMs);
    this.#waiting.set(job, until);
    if (!this.#alarm.isSet) this.#alarm.set(until - now);
  }

  /** Goes before all others. */
  giveBack(job: Job): void {
    this.#back.push(job);
  }

  shift(): Job | undefined {
    const back = this.#back.shift();
    if (back !== undefined) return back;
    const [job] = this.#waiting.keys();
    if (job !== undefined) this.#waiting.delete(job);
    return job;
  }

  /** Empties it. */
  takeAll(): Job[] {
    const jobs = [...this.#back.splice(0), ...this.#waiting.keys()];
    this.#waiting.clear();
    return jobs;
  }

  stop(): void {
    this.#alarm.stop();
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (const [job, until] of this.#waiting) {
      if (until > now) {
        this.#alarm.set(until - now);
        return;
      }
      this.#waiting.delete(job);
      this.#onTooLong(job);
    }
  }
}
