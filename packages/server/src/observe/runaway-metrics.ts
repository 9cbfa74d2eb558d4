import type { Registry } from "prom-client";
import type { RunawayReason } from "../domain/descent.ts";
import { CellCounter, type CounterCell } from "./cells.ts";

/** Turns in which something was not sent, as workflows start each other without end. */
export function runawayMetrics(registry: Registry): Readonly<Record<RunawayReason, CounterCell>> {
  const turns = new CellCounter(
    registry,
    "tidings_runaway_turns_total",
    "Turns in which an event or a message was not sent, as too many had come of one event",
    ["reason"],
  );
  return { event_depth: turns.cell({ reason: "event_depth" }), derived_limit: turns.cell({ reason: "derived_limit" }) };
}
