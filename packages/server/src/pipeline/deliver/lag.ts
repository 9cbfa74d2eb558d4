/** How long something takes of late, or a little more: most of what was noted is below it. */
export class Lag {
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  /** Up fast and down slowly, so that it lies near the upper tenth of what is noted. */
  note(tookMs: number): void {
    this.#ms += (tookMs - this.#ms) * (tookMs > this.#ms ? 0.5 : 0.05);
  }
}
