import type { DayReason } from "@tidings/contract/allowances";
import { dayOf } from "../../domain/allowance.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Claim } from "./claims.ts";
import type { Purse } from "./purse.ts";
import type { Purses } from "./purses.ts";

/** What was taken for one attempt. */
export interface Paid {
  purse: Purse;
  count: number;
  day: number;
}

interface TillParts {
  purses: Purses;
  clock: Clock;
  /** Messages for which something is set aside at once. */
  chunkMax: number;
  /** Of a day's allowance nothing is left; told once a day. */
  onUsedUp: (environmentId: number, key: string, reason: DayReason) => void;
}

/** Takes out of purses what attempts claim: all of it or nothing. */
export class Till {
  readonly #on: TillParts;

  constructor(on: TillParts) {
    this.#on = on;
  }

  /** The attempt was not STARTED. */
  putBack(paid: readonly Paid[]): void {
    for (const { purse, count, day } of paid) purse.putBack(count, day);
  }

  /** Whether nothing is left for it, as far as is known. */
  isOut(environmentId: number, { key, count, max, over }: Claim): boolean {
    if (over !== undefined) return over < count || this.#on.purses.of(environmentId, key, true).isUsedUp(count, over);
    return max < count || this.#on.purses.of(environmentId, key).isUsedUp(count, max);
  }

  /** All claims, or none where one is not in memory. */
  payNow(environmentId: number, claims: readonly Claim[]): readonly Paid[] | undefined {
    const paid: Paid[] = [];
    for (const claim of claims) {
      const one = this.#payOneNow(environmentId, claim);
      if (one === undefined) {
        this.putBack(paid);
        return undefined;
      }
      paid.push(one);
    }
    return paid;
  }

  #payOneNow(environmentId: number, { key, count, max, over }: Claim): Paid | undefined {
    const day = dayOf(this.#on.clock.now());
    const own = this.#on.purses.of(environmentId, key);
    if (max >= count && own.take(count, max)) return { purse: own, count, day };
    if (over === undefined) return undefined;
    const above = this.#on.purses.of(environmentId, key, true);
    return above.take(count, over) ? { purse: above, count, day } : undefined;
  }

  /** All claims, or why one cannot be paid; `wanted`: messages that need about as much. */
  async payAll(environmentId: number, claims: readonly Claim[], wanted: number): Promise<readonly Paid[] | DayReason> {
    const paid: Paid[] = [];
    try {
      for (const claim of claims) {
        const one = await this.#pay(environmentId, claim, wanted);
        if (typeof one === "string") {
          this.putBack(paid);
          return one;
        }
        paid.push(one);
      }
      return paid;
    } catch (error) {
      this.putBack(paid);
      throw error;
    }
  }

  async #pay(environmentId: number, claim: Claim, wanted: number): Promise<Paid | DayReason> {
    const { key, count, max, over, reason } = claim;
    const purse = this.#on.purses.of(environmentId, key, over !== undefined);
    // Above the bound of others nothing is set aside: it would be counted, and nobody else could use it.
    const ask = { least: count * wanted, most: over === undefined ? count * this.#on.chunkMax : 0, max: over ?? max };
    for (;;) {
      const paid = this.#payOneNow(environmentId, claim);
      if (paid !== undefined) return paid;
      if (this.isOut(environmentId, claim)) return reason;
      if (await purse.fill(ask)) this.#on.onUsedUp(environmentId, key, reason);
    }
  }
}
