import { Gauge, type Registry } from "prom-client";
import { CellCounter, type CounterCell } from "./cells.ts";

export interface SourceCells {
  /** Records that were settled. */
  records: CounterCell;
  /** Events and direct messages that they became. */
  made: CounterCell;
  passed: CounterCell;
  refused: CounterCell;
  waits: CounterCell;
  faults: CounterCell;
}

/** Figures of sources. Their keys are labels: as many as somebody has configured. */
export class SourceMetrics {
  readonly #cells = new Map<string, SourceCells>();
  readonly #records: CellCounter;
  readonly #made: CellCounter;
  readonly #waits: CellCounter;
  readonly #faults: CellCounter;
  readonly #lag: Gauge;
  readonly #readable: Gauge;

  constructor(registry: Registry) {
    const of = ["environment", "source"];
    this.#records = new CellCounter(
      registry,
      "tidings_source_records_total",
      "Records of sources, by what became of them",
      [...of, "outcome"],
    );
    this.#made = new CellCounter(
      registry,
      "tidings_source_events_total",
      "Events and direct messages that records of sources became",
      of,
    );
    this.#waits = new CellCounter(
      registry,
      "tidings_source_waits_total",
      "Times that a source began to wait, for the server or as all was refused",
      of,
    );
    this.#faults = new CellCounter(registry, "tidings_source_faults_total", "Faults in reading sources", of);
    this.#lag = new Gauge({
      name: "tidings_source_lag",
      help: "Records that wait to be read, by whichever process",
      labelNames: of,
      registers: [registry],
    });
    this.#readable = new Gauge({
      name: "tidings_source_readable",
      help: "1 where this process can read the source, 0 where it cannot",
      labelNames: of,
      registers: [registry],
    });
  }

  of(environment: string, source: string): SourceCells {
    const name = `${environment} ${source}`;
    const known = this.#cells.get(name);
    if (known !== undefined) return known;
    const labels = { environment, source };
    const cells = {
      records: this.#records.cell({ ...labels, outcome: "taken" }),
      passed: this.#records.cell({ ...labels, outcome: "passed" }),
      refused: this.#records.cell({ ...labels, outcome: "refused" }),
      made: this.#made.cell(labels),
      waits: this.#waits.cell(labels),
      faults: this.#faults.cell(labels),
    };
    this.#cells.set(name, cells);
    return cells;
  }

  /** `undefined`: it is not to be read here. */
  readable(environment: string, source: string, isReadable: boolean | undefined): void {
    if (isReadable === undefined) this.#readable.remove({ environment, source });
    else this.#readable.set({ environment, source }, isReadable ? 1 : 0);
  }

  lag(environment: string, source: string, records: number | undefined): void {
    if (records === undefined) this.#lag.remove({ environment, source });
    else this.#lag.set({ environment, source }, records);
  }
}
