import type { Hint } from "../ports/broadcast.ts";

export type Told = readonly [hint: Hint, subject: string];

/** Subjects of one hint that wait; where there are more, all of them are one hint without a subject, which says as much. */
const subjectsMax = 1000;
/** Of one message: the server takes less than 8,000, and a subject has up to 1,000 characters. */
const bytesMax = 7000;

/** Hints that wait to be sent, each subject once. Bounded, and none is lost: crowded, they only say less exactly what it is. */
export class GatheredHints {
  readonly #subjects = new Map<Hint, Set<string>>();

  get isEmpty(): boolean {
    return this.#subjects.size === 0;
  }

  add(hint: Hint, subject: string): void {
    const known = this.#subjects.get(hint) ?? new Set();
    if (known.has("")) return;
    this.#subjects.set(hint, known.size < subjectsMax ? known.add(subject) : new Set([""]));
  }

  /** As many as one message holds, and these not any more. */
  take(): Told[] {
    const taken: Told[] = [];
    let bytes = 0;
    for (const [hint, subjects] of this.#subjects) {
      for (const subject of subjects) {
        bytes += Buffer.byteLength(JSON.stringify([hint, subject])) + 1;
        if (taken.length > 0 && bytes > bytesMax) return taken;
        subjects.delete(subject);
        taken.push([hint, subject]);
      }
      this.#subjects.delete(hint);
    }
    return taken;
  }
}
