import type { Registry } from "prom-client";
import { CellCounter, CellHistogram, type CounterCell, type HistogramCell } from "./cells.ts";

/** Figures of calls to the application's endpoints. */
export class WebhookMetrics {
  readonly calls: Readonly<Record<"taken" | "failed" | "gone", CounterCell>>;
  /** Deliveries whose tries are over. */
  readonly dead: CounterCell;
  readonly disabled: Readonly<Record<"gone" | "failing", CounterCell>>;
  readonly seconds: HistogramCell;

  constructor(registry: Registry, secondBounds: readonly number[]) {
    const calls = new CellCounter(registry, "tidings_webhook_calls_total", "Calls to endpoints", ["outcome"]);
    this.calls = {
      taken: calls.cell({ outcome: "taken" }),
      failed: calls.cell({ outcome: "failed" }),
      gone: calls.cell({ outcome: "gone" }),
    };
    const dead = new CellCounter(
      registry,
      "tidings_webhook_deliveries_dead_total",
      "Deliveries that were given up",
      [],
    );
    this.dead = dead.cell({});
    const disabled = new CellCounter(registry, "tidings_webhooks_disabled_total", "Endpoints disabled by the server", [
      "reason",
    ]);
    this.disabled = { gone: disabled.cell({ reason: "gone" }), failing: disabled.cell({ reason: "failing" }) };
    const seconds = new CellHistogram(
      registry,
      "tidings_webhook_call_seconds",
      "Time of calls to endpoints",
      [],
      secondBounds,
    );
    this.seconds = seconds.cell({});
  }
}
