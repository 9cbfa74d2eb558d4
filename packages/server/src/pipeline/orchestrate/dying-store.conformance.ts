import type { Store } from "../../ports/store/store.ts";
import type { Database } from "../../store/sqlite/database.ts";
import { inProcessStore } from "../../store/sqlite/in-process.ts";
import { SimulatedCrash } from "../../store/sqlite/turn.ts";

/** How many steps a process has, and what happens then. */
export interface Life {
  after: number;
  crash: () => void;
}

/**
 * A store of a process that dies after so many steps of its store: the open turn is rolled back, and no call that is under
 * way is ever answered. Without `life` it lives on.
 */
export function storeOn(database: Database, life?: Life): Store {
  let steps = 0;
  const schedule = (turn: () => void) =>
    queueMicrotask(() => {
      try {
        if (life === undefined || steps < life.after) turn();
      } catch (error) {
        if (!(error instanceof SimulatedCrash)) throw error;
        life?.crash();
      }
    });
  const between = () => {
    steps += 1;
    if (life !== undefined && steps >= life.after) throw new SimulatedCrash();
  };
  return inProcessStore(database, {
    limits: { turnMs: 1000, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule,
    between,
  });
}
