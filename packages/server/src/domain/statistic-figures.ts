import type { LatencyView, StatisticCounts, StatisticFigures } from "@tidings/contract/statistics";
import { spendUnit } from "./attempt-cost.ts";
import { latencyAt } from "./latency-bucket.ts";
import type { StatisticMetric } from "./statistic.ts";

/** Where each metric is shown; one that is there for its cost alone is not. */
const countOf: Readonly<Record<Exclude<StatisticMetric, "charged_late">, keyof StatisticCounts>> = {
  accepted: "events",
  queued: "queued",
  retried: "retried",
  sent: "sent",
  delivered: "delivered",
  bounced: "bounced",
  soft_bounced: "softBounced",
  failed: "failed",
  suppressed: "suppressed",
  expired: "expired",
  canceled: "canceled",
  dead: "dead",
  unknown: "unknown",
  opened: "opened",
  clicked: "clicked",
  read: "read",
  complained: "complained",
  unsubscribed: "unsubscribed",
};

interface Counted {
  metric: StatisticMetric;
  bucket: number;
  value: number;
  cost: number;
}

/** Adds sums up to what is told of them: counts, rates, how long it took, what it cost. */
export class FigureSum {
  readonly #counts: StatisticCounts = noCounts();
  readonly #sending = new Map<number, number>();
  readonly #delivery = new Map<number, number>();
  #cost = 0;

  add({ metric, bucket, value, cost }: Counted): void {
    this.#cost += cost;
    if (metric !== "charged_late") this.#counts[countOf[metric]] += value;
    const latency = metric === "sent" ? this.#sending : metric === "delivered" ? this.#delivery : undefined;
    if (latency !== undefined && bucket > 0) latency.set(bucket, (latency.get(bucket) ?? 0) + value);
  }

  /** By which groups are put in order, the busiest first. */
  get volume(): number {
    return this.#counts.queued + this.#counts.sent;
  }

  get figures(): StatisticFigures {
    const { sent, delivered, bounced, complained, opened, clicked } = this.#counts;
    return {
      counts: this.#counts,
      deliveryRate: rate(delivered, sent),
      bounceRate: rate(bounced, sent),
      complaintRate: rate(complained, delivered),
      openRate: rate(opened, delivered),
      clickRate: rate(clicked, delivered),
      sendLatency: latencyView(this.#sending),
      deliveryLatency: latencyView(this.#delivery),
      spend: this.#cost / spendUnit,
    };
  }
}

function noCounts(): StatisticCounts {
  return {
    events: 0,
    queued: 0,
    retried: 0,
    sent: 0,
    delivered: 0,
    bounced: 0,
    softBounced: 0,
    failed: 0,
    suppressed: 0,
    expired: 0,
    canceled: 0,
    dead: 0,
    unknown: 0,
    opened: 0,
    clicked: 0,
    read: 0,
    complained: 0,
    unsubscribed: 0,
  };
}

/** To four places; null where there is nothing to have a share of. */
function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function latencyView(counts: ReadonlyMap<number, number>): LatencyView {
  const at = (share: number): number | null => latencyAt(counts, share) ?? null;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
