import { Backoff } from "../../lib/backoff.ts";
import { withAdmin } from "../../lib/kafka/with-admin.ts";
import { Attendance, type AttendanceParts } from "./attendance.ts";
import { ensureTopics } from "./topics.ts";

/**
 * A member of one group, for as long as it is wanted: a consumer that met a fault is replaced by a new one, later each time.
 * What it was given stays in the hands of whoever took it.
 */
export class GroupConsumer {
  readonly #parts: AttendanceParts;
  readonly #backoff: Backoff;
  readonly #heldUp = new Set<string>();
  readonly #running: Promise<void>;
  #attendance: Attendance | undefined;
  #failing = false;
  #stopped = false;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.clock);
    this.#running = this.#run();
  }

  flow(topic: string, isWanted: boolean): void {
    if (isWanted) this.#heldUp.delete(topic);
    else this.#heldUp.add(topic);
    this.#attendance?.flow(topic, isWanted);
  }

  /** Commits what is settled and leaves the group, so that others go on at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#backoff.end();
    await this.#attendance?.commit();
    this.#attendance?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#attend();
      } catch (error) {
        if (!this.#failing && !this.#stopped) this.#parts.onFault(`consume ${this.#parts.groupId}`, error);
        this.#failing = true;
      }
      if (!this.#stopped) await this.#backoff.wait();
    }
  }

  async #attend(): Promise<void> {
    const { settings } = this.#parts;
    // They may have been deleted.
    if (this.#failing) await withAdmin(settings, (admin) => ensureTopics(admin, settings));
    if (this.#stopped) return;
    this.#attendance = new Attendance(this.#parts, this.#heldUp, () => {
      this.#failing = false;
      this.#backoff.reset();
    });
    try {
      await this.#attendance.attend();
    } finally {
      this.#attendance = undefined;
    }
  }
}
