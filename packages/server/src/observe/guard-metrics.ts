import type { Registry } from "prom-client";
import type { GuardCause } from "../domain/marketing-guard.ts";
import { CellCounter, type CounterCell } from "./cells.ts";

/** Pauses of marketing that were set by themselves. */
export function guardMetrics(registry: Registry): Readonly<Record<GuardCause, CounterCell>> {
  const pauses = new CellCounter(
    registry,
    "tidings_marketing_guard_pauses_total",
    "Times that marketing by an integration was paused by itself, as too many complained or bounced",
    ["cause"],
  );
  return { complaints: pauses.cell({ cause: "complaints" }), bounces: pauses.cell({ cause: "bounces" }) };
}
