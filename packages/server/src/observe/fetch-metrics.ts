import type { Registry } from "prom-client";
import { CellCounter, CellHistogram, type CounterCell, type HistogramCell } from "./cells.ts";

/** Figures of fetch steps' tries. */
export class FetchMetrics {
  readonly tries: Readonly<Record<"answered" | "transient" | "permanent", CounterCell>>;
  readonly seconds: HistogramCell;

  constructor(registry: Registry, secondBounds: readonly number[]) {
    const tries = new CellCounter(registry, "tidings_fetches_total", "Tries of fetch steps", ["outcome"]);
    this.tries = {
      answered: tries.cell({ outcome: "answered" }),
      transient: tries.cell({ outcome: "transient" }),
      permanent: tries.cell({ outcome: "permanent" }),
    };
    const seconds = new CellHistogram(
      registry,
      "tidings_fetch_seconds",
      "Time of fetch steps' tries",
      [],
      secondBounds,
    );
    this.seconds = seconds.cell({});
  }
}
