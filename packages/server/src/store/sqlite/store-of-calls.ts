import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import { laneOfCall } from "../sql/lane-of-call.ts";
import { calls } from "./calls.ts";
import type { CallName } from "./context.ts";

/** Sends one call to where the engine runs. */
export type Dispatch = (call: CallName, input: unknown, lane: Lane) => Promise<unknown>;

/** The Store port over a dispatch function: the same for the worker thread and the simulation. */
export function storeOfCalls(dispatch: Dispatch, close: () => Promise<void>): Store {
  const store: Record<string, unknown> = { close };
  for (const name of Object.keys(calls)) {
    store[name] = (input: unknown) => dispatch(name as CallName, input, laneOfCall(input));
  }
  return store as unknown as Store;
}
