import type { Registry } from "prom-client";
import { CellCounter, type CounterCell } from "./cells.ts";

/** Why a span was not told: no room, the receiver will not have it, or the process ended. */
export type SpanLoss = "full" | "refused" | "stopped";

/** Figures of tracing. */
export class SpanMetrics {
  readonly exported: CounterCell;
  readonly dropped: Readonly<Record<SpanLoss, CounterCell>>;

  constructor(registry: Registry) {
    const exported = new CellCounter(registry, "tidings_spans_exported_total", "Spans that the OTLP receiver took", []);
    this.exported = exported.cell({});
    const dropped = new CellCounter(registry, "tidings_spans_dropped_total", "Spans that were not told", ["reason"]);
    this.dropped = {
      full: dropped.cell({ reason: "full" }),
      refused: dropped.cell({ reason: "refused" }),
      stopped: dropped.cell({ reason: "stopped" }),
    };
  }
}
