import type { StatisticKey } from "./context.ts";
import type { Database } from "./database.ts";

const minuteMs = 60_000;

/** Gathers the sums of one turn, so that a turn of a thousand messages writes a handful of rows. */
export class StatisticSums {
  readonly #sums = new Map<string, { key: StatisticKey; minute: number; value: number }>();

  add(key: StatisticKey, at: number, amount: number): void {
    const minute = Math.floor(at / minuteMs);
    const name = `${key.environmentId}|${minute}|${key.metric}|${key.channel}|${key.lane}|${key.category}|${key.tenant}|${key.integration}`;
    const sum = this.#sums.get(name);
    if (sum === undefined) this.#sums.set(name, { key, minute, value: amount });
    else sum.value += amount;
  }

  write(database: Database): void {
    for (const { key, minute, value } of this.#sums.values()) {
      database.run(
        `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, value)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set value = value + excluded.value`,
        key.environmentId, minute, key.metric, key.channel, key.lane, key.category, key.tenant, key.integration, value,
      );
    }
    this.clear();
  }

  clear(): void {
    this.#sums.clear();
  }
}
