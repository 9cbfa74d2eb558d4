import { Counter, Histogram, type Registry } from "prom-client";

/*
 * Counters and histograms whose label values are bound once. prom-client hashes the labels at every observation (about
 * 1 µs, several times per notification); a cell adds to a number, and the numbers are arranged when they are scraped.
 */

type Labels = Readonly<Record<string, string>>;

export class CounterCell {
  readonly labels: Labels;
  value = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  inc(amount = 1): void {
    this.value += amount;
  }
}

/** A family of counters; ask for a cell once and keep it. */
export class CellCounter {
  readonly #cells: CounterCell[] = [];

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
    const cells = this.#cells;
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const cell of cells) this.inc(cell.labels, cell.value);
      },
    });
  }

  cell(labels: Labels): CounterCell {
    const cell = new CounterCell(labels);
    this.#cells.push(cell);
    return cell;
  }
}

export class HistogramCell {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  /** Observations per bucket, the last for those above all bounds. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** `times` observations of one value, such as of a batch. */
  observe(value: number, times = 1): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + times;
    this.sum += value * times;
  }
}

/** A family of histograms; ask for a cell once and keep it. */
export class CellHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #cells: HistogramCell[] = [];

  constructor(
    registry: Registry,
    name: string,
    help: string,
    labelNames: readonly string[],
    bounds: readonly number[],
  ) {
    super({ name, help, labelNames, buckets: [...bounds], registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  cell(labels: Labels): HistogramCell {
    const cell = new HistogramCell(labels, this.#bounds);
    this.#cells.push(cell);
    return cell;
  }

  /** What the registry asks a histogram for. */
  async getForPromString() {
    const values = this.#cells.flatMap((cell) => samples(this.#name, cell));
    return { name: this.#name, help: this.#help, type: "histogram", aggregator: "sum", values };
  }
}

function samples(name: string, cell: HistogramCell) {
  let below = 0;
  const buckets = [...cell.counts].map((count, index) => {
    below += count;
    return {
      metricName: `${name}_bucket`,
      labels: { ...cell.labels, le: String(cell.bounds[index] ?? "+Inf") },
      value: below,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: cell.labels, value: cell.sum },
    { metricName: `${name}_count`, labels: cell.labels, value: below },
  ];
}
