import type { Channel, Lane } from "@tidings/contract/words";
import type { StatisticMetric } from "../../domain/statistic.ts";

/** What it is counted under. Empty where it has none. */
export interface StatisticLabels {
  environmentId: number;
  channel: Channel | "";
  lane: Lane;
  category: string;
  tenant: string;
  /** Event of a campaign, where it is counted for one too. */
  campaign?: string | undefined;
}

const minuteMs = 60_000;

/** So many of one minute. */
export interface Sum {
  labels: StatisticLabels;
  metric: StatisticMetric;
  integration: string;
  minute: number;
  value: number;
}

/**
 * Gathers the sums of one turn, so that a turn of a thousand messages writes a handful of rows. What a call counts
 * stands apart until the call is known to stay.
 */
export class StatisticSums {
  readonly #sums = new Map<string, Sum>();
  readonly #ofCall = new Map<string, Sum>();
  /** The sum of the call that was added to last, by metric: messages of one origin come in a row. */
  readonly #last = new Map<StatisticMetric, Sum>();

  add(labels: StatisticLabels, metric: StatisticMetric, at: number, integration: string): void {
    const minute = Math.floor(at / minuteMs);
    const last = this.#last.get(metric);
    if (last !== undefined && last.labels === labels && last.minute === minute && last.integration === integration) {
      last.value += 1;
      return;
    }
    this.#last.set(metric, addTo(this.#ofCall, { labels, metric, integration, minute, value: 1 }));
  }

  /** The call stays: its counts join those of the turn. */
  keep(): void {
    for (const sum of this.#ofCall.values()) addTo(this.#sums, sum);
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
function addTo(sums: Map<string, Sum>, added: Sum): Sum {
  const { labels, metric, integration, minute, value } = added;
  const name = `${labels.environmentId}|${minute}|${metric}|${labels.channel}|${labels.lane}|${labels.category}|${labels.tenant}|${integration}|${labels.campaign ?? ""}`;
  const sum = sums.get(name);
  if (sum === undefined) {
    sums.set(name, added);
    return added;
  }
  sum.value += value;
  return sum;
}
