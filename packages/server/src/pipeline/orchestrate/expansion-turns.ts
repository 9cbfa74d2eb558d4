import { isAtAudience } from "./named-page.ts";
import type { EventWork } from "./ports.ts";

/** Turns that events had of their topics in a row: a topic may have a million subscribers, and others wait meanwhile. */
export class ExpansionTurns {
  readonly #max: number;
  readonly #turns = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Called behind each turn: whether the event is to give way now. */
  isOver(work: EventWork): boolean {
    if (!isAtAudience(work)) return false;
    const turns = (this.#turns.get(work.record.id) ?? 0) + 1;
    this.#turns.set(work.record.id, turns);
    return turns >= this.#max;
  }
}
