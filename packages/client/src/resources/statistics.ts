import type {
  StatisticDimension,
  Statistics as StatisticsView,
  statisticsQuerySchema,
} from "@tidings/contract/statistics";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Transport } from "../transport/transport.ts";

/** Volume, rates, latency and spend of the environment. */
export class Statistics {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Figures of a time, by what they are grouped by, and by minute, hour or day.
   *
   * @example
   * const { groups } = await tidings.statistics.get({ groupBy: ["mailboxProvider"], channel: "email" });
   * for (const { by, counts, bounceRate } of groups) console.log(by.mailboxProvider, counts.sent, bounceRate);
   */
  get(input?: StatisticsInput, options?: CallOptions): Promise<StatisticsView> {
    return this.#transport.call(operations.statistics.get, { query: () => queryOf(input) }, options);
  }
}

function queryOf({ groupBy, ...query }: StatisticsInput = {}): unknown {
  // An empty list groups by nothing, and what is no list is refused as what it is.
  const grouped = Array.isArray(groupBy) ? groupBy.join(",") : groupBy;
  return grouped === undefined || grouped === "" ? query : { ...query, groupBy: grouped };
}

export type StatisticsInput = Omit<z.input<typeof statisticsQuerySchema>, "limit" | "groupBy"> & {
  limit?: number | undefined;
  /** One dimension, or two. */
  groupBy?: readonly StatisticDimension[] | undefined;
};
