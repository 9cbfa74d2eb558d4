import { closeSync, openSync, writeSync } from "node:fs";

/**
 * Append-only record of what a fake provider took. A line is in the kernel's hands before the call that it belongs to is
 * answered, so killing either side loses no line of an answered call. One write per turn of the event loop serves all
 * calls that came in it.
 */
export class FakeJournal {
  readonly #file: number | undefined;
  #lines = "";
  #answers: (() => void)[] = [];

  /** Undefined keeps no file. */
  constructor(path: string | undefined) {
    this.#file = path === undefined ? undefined : openSync(path, "a");
  }

  /** `at` is in epoch milliseconds with a fraction. */
  add(id: string, attempt: number, callId: string): void {
    if (this.#file === undefined) return;
    const at = performance.timeOrigin + performance.now();
    this.#lines += `{"id":${JSON.stringify(id)},"attempt":${attempt},"callId":${JSON.stringify(callId)},"at":${at.toFixed(3)}}\n`;
  }

  /** Runs `answer` once all lines added so far are written. */
  afterWrite(answer: () => void): void {
    if (this.#answers.push(answer) === 1) setImmediate(() => this.#flush());
  }

  close(): void {
    this.#flush();
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #flush(): void {
    const lines = Buffer.from(this.#lines);
    this.#lines = "";
    let written = 0;
    if (this.#file !== undefined) while (written < lines.length) written += writeSync(this.#file, lines, written);
    for (const answer of this.#answers.splice(0)) answer();
  }
}
