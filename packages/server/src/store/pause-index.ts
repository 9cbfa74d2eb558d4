import { noPauses, Pauses } from "../domain/pause.ts";
import type { PauseRow } from "../ports/store/pauses.ts";

/** Pauses of all environments as the latest changes left them. */
export class PauseIndex {
  readonly #inForce = new Map<number, Map<string, PauseRow>>();
  readonly #arranged = new Map<number, Pauses>();
  /** Those that have ended, and of which it is not known that all they kept is due. */
  readonly #ending = new Set<string>();

  /** Takes over a change. Whoever has asked before keeps what was given then. */
  apply(row: PauseRow): void {
    const { environmentId, id, endedAt, releasedAt } = row;
    const rows = this.#inForce.get(environmentId) ?? new Map<string, PauseRow>();
    if (endedAt === null) rows.set(id, row);
    else rows.delete(id);
    if (rows.size === 0) this.#inForce.delete(environmentId);
    else this.#inForce.set(environmentId, rows);
    this.#arranged.delete(environmentId);
    if (rows.size > 0) this.#arranged.set(environmentId, new Pauses([...rows.values()]));
    if (endedAt !== null && releasedAt === null) this.#ending.add(id);
    else this.#ending.delete(id);
  }

  of(environmentId: number): Pauses {
    return this.#arranged.get(environmentId) ?? noPauses;
  }

  /** As `PausesInForce.nextRelease` has it. */
  nextRelease(): number | undefined {
    if (this.#ending.size > 0) return 0;
    let next: number | undefined;
    for (const rows of this.#inForce.values())
      for (const { until } of rows.values()) if (until !== null) next = Math.min(next ?? until, until);
    return next;
  }
}
