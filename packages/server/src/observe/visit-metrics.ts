import type { Registry } from "prom-client";
import { type VisitKind, type VisitResult, visitKinds, visitResults } from "../domain/visit.ts";
import { CellCounter, type CounterCell } from "./cells.ts";

/** What is counted about opens and clicks of tracked mail. */
export class VisitMetrics {
  readonly #cells = new Map<VisitKind, Map<VisitResult, CounterCell>>();

  constructor(registry: Registry) {
    const counter = new CellCounter(
      registry,
      "tidings_visits_total",
      "Opens and clicks of tracked mail: recorded, dropped as feedback took no more, or of a program",
      ["kind", "result"],
    );
    for (const kind of visitKinds) {
      this.#cells.set(kind, new Map(visitResults.map((result) => [result, counter.cell({ kind, result })])));
    }
  }

  count(kind: VisitKind, result: VisitResult, count: number): void {
    this.#cells.get(kind)?.get(result)?.inc(count);
  }
}
