import type { PauseRow, PauseStore } from "../../../ports/store/pauses.ts";

const pageLength = 1000;

/**
 * Which marketing is paused, and when it was let go last: figures from before that have had their say. It follows the changes of pauses;
 * what has ended long ago is deleted from the store, and nothing asks for it any more.
 */
export class MarketingPauses {
  readonly #store: Pick<PauseStore, "pausesSince">;
  readonly #latest = new Map<string, PauseRow>();
  #sequence = 0;

  constructor(store: Pick<PauseStore, "pausesSince">) {
    this.#store = store;
  }

  async catchUp(): Promise<void> {
    let rows: readonly PauseRow[];
    do {
      rows = await this.#store.pausesSince({ sequence: this.#sequence, limit: pageLength });
      for (const row of rows) {
        this.#sequence = row.sequence;
        if (row.kind === "marketing" && row.tenant === "") this.#take(row);
      }
    } while (rows.length === pageLength);
  }

  /** A row that let go what it kept changes once more, behind the one that may have begun since. */
  #take(row: PauseRow): void {
    const name = nameOf(row.environmentId, row.key);
    const known = this.#latest.get(name);
    if (known === undefined || known.id === row.id || endOf(row) > endOf(known)) this.#latest.set(name, row);
  }

  isPaused(environmentId: number, integration: string, now: number): boolean {
    const row = this.#latest.get(nameOf(environmentId, integration));
    return row !== undefined && endOf(row) > now;
  }

  /** When it was let go last, ms; 0 where it never was paused. */
  endedAt(environmentId: number, integration: string): number {
    const row = this.#latest.get(nameOf(environmentId, integration));
    return row === undefined ? 0 : endOf(row);
  }
}

const nameOf = (environmentId: number, integration: string): string => `${environmentId} ${integration}`;
const endOf = ({ endedAt, until }: PauseRow): number => endedAt ?? until ?? Number.POSITIVE_INFINITY;
