import { latencyBucketOf } from "../../domain/latency-bucket.ts";
import type { StatisticMetric } from "../../domain/statistic.ts";
import { mailboxProviderCode } from "./codes.ts";
import { areSame, type Count, type CountedOf, rowNameOf, type StatisticLabels, type Sum } from "./counted.ts";

const minuteMs = 60_000;
const nothing: CountedOf = {};

/** What was counted of one metric in a row, which differs in mailbox and bucket alone. */
interface Line {
  labels: StatisticLabels;
  minute: number;
  integration: string;
  sums: Map<number, Sum>;
}

/**
 * Gathers the sums of one turn, so that a turn of a thousand messages writes a handful of rows. What a call counts
 * stands apart until the call is known to stay.
 */
export class StatisticSums {
  readonly #sums = new Map<string, Sum>();
  readonly #ofCall = new Map<string, Sum>();
  /** The sums of the call that were added to last, by metric: messages of one origin come in a row. */
  readonly #last = new Map<StatisticMetric, Line>();

  readonly add: Count = (labels, metric, at, of = nothing) => {
    const minute = Math.floor(at / minuteMs);
    const { integration = "", mailbox, latencyMs, cost = 0 } = of;
    const bucket = latencyMs === undefined ? 0 : latencyBucketOf(latencyMs);
    const { sums } = this.#line(labels, metric, minute, integration);
    const place = mailbox === undefined ? -bucket - 1 : mailboxProviderCode[mailbox] * 64 + bucket;
    const known = sums.get(place);
    if (known !== undefined) {
      known.value += 1;
      known.cost += cost;
      return;
    }
    const sum: Sum = { labels, metric, integration, mailbox: mailbox ?? "", bucket, minute, value: 1, cost };
    sums.set(place, addTo(this.#ofCall, nameOf(sum), sum));
  };

  #line(labels: StatisticLabels, metric: StatisticMetric, minute: number, integration: string): Line {
    const last = this.#last.get(metric);
    if (
      last !== undefined &&
      last.minute === minute &&
      last.integration === integration &&
      areSame(last.labels, labels)
    )
      return last;
    const line = { labels, minute, integration, sums: new Map<number, Sum>() };
    this.#last.set(metric, line);
    return line;
  }

  /** The call stays: its counts join those of the turn. */
  keep(): void {
    if (this.#ofCall.size === 0) return;
    for (const [name, sum] of this.#ofCall) addTo(this.#sums, name, sum);
    this.discard();
  }

  /** The call was rolled back, and so is what it counted. */
  discard(): void {
    this.#ofCall.clear();
    this.#last.clear();
  }

  /** All that was kept, and none of it any more. */
  take(): Sum[] {
    const sums = [...this.#sums.values()];
    this.clear();
    return sums;
  }

  clear(): void {
    this.discard();
    this.#sums.clear();
  }
}

/** Gives the sum that has it now. */
function addTo(sums: Map<string, Sum>, name: string, added: Sum): Sum {
  const sum = sums.get(name);
  if (sum === undefined) {
    sums.set(name, added);
    return added;
  }
  sum.value += added.value;
  sum.cost += added.cost;
  return sum;
}

/** Of the row of statistics that it is added to, and of the campaign. */
const nameOf = (sum: Sum): string => `${rowNameOf(sum)}|${sum.labels.campaign ?? ""}`;
