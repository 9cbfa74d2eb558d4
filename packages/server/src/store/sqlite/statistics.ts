import type { StatisticKey } from "./context.ts";
import type { Database } from "./database.ts";

const minuteMs = 60_000;

interface Sum {
  key: StatisticKey;
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

  add(key: StatisticKey, at: number, amount: number): void {
    addTo(this.#ofCall, { key, minute: Math.floor(at / minuteMs), value: amount });
  }

  /** The call stays: its counts join those of the turn. */
  keep(): void {
    for (const sum of this.#ofCall.values()) addTo(this.#sums, sum);
    this.#ofCall.clear();
  }

  /** The call was rolled back, and so is what it counted. */
  discard(): void {
    this.#ofCall.clear();
  }

  write(database: Database): void {
    for (const { key, minute, value } of this.#sums.values()) {
      database.run(
        `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, value)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set value = value + excluded.value`,
        key.environmentId,
        minute,
        key.metric,
        key.channel,
        key.lane,
        key.category,
        key.tenant,
        key.integration,
        value,
      );
    }
    this.clear();
  }

  clear(): void {
    this.#ofCall.clear();
    this.#sums.clear();
  }
}

function addTo(sums: Map<string, Sum>, { key, minute, value }: Sum): void {
  const name = `${key.environmentId}|${minute}|${key.metric}|${key.channel}|${key.lane}|${key.category}|${key.tenant}|${key.integration}`;
  const sum = sums.get(name);
  if (sum === undefined) sums.set(name, { key, minute, value });
  else sum.value += value;
}
