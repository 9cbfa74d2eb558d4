import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import { calls } from "./calls.ts";
import type { CallName } from "./context.ts";

/** Sends one call to where the engine runs. */
export type Dispatch = (call: CallName, input: unknown, lane: Lane) => Promise<unknown>;

/** Lane of calls whose input does not name one: people wait for most of them. */
const otherwise: Lane = "transactional";

/** The Store port over a dispatch function: the same for the worker thread and the simulation. */
export function storeOfCalls(dispatch: Dispatch, close: () => Promise<void>): Store {
  const store: Record<string, unknown> = { close };
  for (const name of Object.keys(calls)) {
    store[name] = (input: unknown) => dispatch(name as CallName, input, laneOf(input));
  }
  return store as unknown as Store;
}

/** Batches are of one lane where it matters, so the first item speaks for all. */
function laneOf(input: unknown): Lane {
  if (typeof input !== "object" || input === null) return otherwise;
  if ("lane" in input) return lane(input.lane);
  for (const list of ["events", "turns", "attempts", "outcomes"] as const) {
    const items: unknown = Reflect.get(input, list);
    if (!Array.isArray(items)) continue;
    const first: unknown = items[0];
    return typeof first === "object" && first !== null && "lane" in first ? lane(first.lane) : otherwise;
  }
  return otherwise;
}

function lane(value: unknown): Lane {
  return value === "critical" || value === "marketing" ? value : otherwise;
}
