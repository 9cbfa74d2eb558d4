import { type Lane, lanes } from "@tidings/contract/words";
import { StoreUnavailable } from "../sql/unavailable.ts";
import type { Lent } from "./lent.ts";

interface Waiting {
  resolve: (lent: Lent) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** Calls that wait for a connection, each in the line of its lane, and none for longer than it may. */
export class WaitingCalls {
  readonly #lines: Record<Lane, Waiting[]> = { critical: [], transactional: [], marketing: [] };

  get size(): number {
    return lanes.reduce((sum, lane) => sum + this.#lines[lane].length, 0);
  }

  isWaiting(lane: Lane): boolean {
    return this.#lines[lane].length > 0;
  }

  /** `why` is asked where the time has passed. */
  add(lane: Lane, waitMaxMs: number, why: () => string): Promise<Lent> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        const line = this.#lines[lane];
        const place = line.indexOf(waiting);
        if (place < 0) return;
        line.splice(place, 1);
        reject(new StoreUnavailable(`the database could not be reached in time: ${why()}`));
      };
      const waiting: Waiting = { resolve, reject, timer: setTimeout(giveUp, waitMaxMs) };
      this.#lines[lane].push(waiting);
    });
  }

  /** The next of a lane, to be given a connection. */
  next(lane: Lane): ((lent: Lent) => void) | undefined {
    const waiting = this.#lines[lane].shift();
    clearTimeout(waiting?.timer);
    return waiting?.resolve;
  }

  refuseAll(error: StoreUnavailable): void {
    for (const lane of lanes) {
      for (const { reject, timer } of this.#lines[lane].splice(0)) {
        clearTimeout(timer);
        reject(error);
      }
    }
  }
}
