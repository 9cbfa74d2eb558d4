import type { Terminal } from "./terminal.ts";

const barColumns = 24;
/** Redraws closer together than this are left out. */
const redrawMs = 80;

/** A bar on stderr for long work; on anything but a terminal it says nothing. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  #total: number | undefined;
  #done = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  /** `total` is left out where nobody knows it beforehand. */
  constructor(terminal: Terminal, what: string, total?: number) {
    this.#terminal = terminal;
    this.#what = what;
    this.#total = total;
  }

  /** `done` counts from the beginning. */
  to(done: number, total: number | undefined = this.#total): void {
    this.#done = done;
    this.#total = total;
    if (!this.#terminal.moves) return;
    const now = performance.now();
    if (now - this.#drawnAt < redrawMs && done !== total) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#terminal.raw(`\r\x1b[2K${this.#line()}`);
  }

  step(): void {
    this.to(this.#done + 1);
  }

  /** Takes the bar away; safe to call twice. */
  end(): void {
    if (this.#isDrawn) this.#terminal.raw("\r\x1b[2K");
    this.#isDrawn = false;
  }

  #line(): string {
    if (this.#total === undefined || this.#total === 0) return `${this.#what} ${this.#done}`;
    const filled = Math.round((Math.min(this.#done, this.#total) / this.#total) * barColumns);
    return `${this.#what} ${"█".repeat(filled)}${"░".repeat(barColumns - filled)} ${this.#done}/${this.#total}`;
  }
}
