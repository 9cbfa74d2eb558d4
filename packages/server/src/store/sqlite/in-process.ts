import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import type { CallName } from "./context.ts";
import type { Database } from "./database.ts";
import { storeOfCalls } from "./store-of-calls.ts";
import { type StoreReply, type TurnLimits, TurnRunner } from "./turn.ts";

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

export interface InProcessOptions {
  limits: TurnLimits;
  monotonic: () => number;
  /** Calls `turn` some time later; once for each time that it is asked. */
  schedule: (turn: () => void) => void;
  /** Told of each edge between durable steps; a simulation crashes here by throwing a SimulatedCrash. */
  between?: (point: "executed" | "committed") => void;
}

/** The engine on the caller's own thread: for tests and the simulation. The database is the caller's to close. */
export function inProcessStore(database: Database, options: InProcessOptions): Store {
  const runner = new TurnRunner(database, options.limits, options.monotonic);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let scheduled = false;
  const turn = (): void => {
    scheduled = false;
    runner.run((reply) => answer(waiting, reply), options.between);
    if (runner.waiting > 0) arm();
  };
  const arm = (): void => {
    if (scheduled) return;
    scheduled = true;
    options.schedule(turn);
  };
  const dispatch = (call: CallName, input: unknown, lane: Lane): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      // As on its way to another thread: what the caller changes afterwards does not change the call.
      runner.enqueue({ id: lastId, call, lane, input: structuredClone(input) });
      arm();
    });
  return storeOfCalls(dispatch, async () => {});
}

function answer(waiting: Map<number, Waiting>, reply: StoreReply): void {
  const entry = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (reply.status === "done") entry?.resolve(reply.result);
  else entry?.reject(new Error(reply.message));
}
