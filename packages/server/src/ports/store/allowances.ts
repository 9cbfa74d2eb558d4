import type { AllowanceAsk } from "../../domain/allowance.ts";

export interface AllowanceDay {
  environmentId: number;
  key: string;
  /** UTC, counted since 1970. */
  day: number;
}

export interface AllowanceRow extends AllowanceDay {
  used: number;
}

/** What of an environment's integration was sent, and bounced. */
export interface BounceSum {
  integration: string;
  sent: number;
  bounced: number;
}

/** What is used of days' bounds, by all processes together. */
export interface AllowanceStore {
  /**
   * Takes from a day's allowance, and gives how much was taken (`domain/allowance.ts granted`; `parts` are for each process that
   * lives). However many ask at once, `used` does not pass the `max` of any that asks. What is taken counts as used, whatever
   * becomes of who took it.
   */
  takeAllowance(input: AllowanceDay & AllowanceAsk): Promise<number>;
  /** Gives back what was taken and is not used. */
  returnAllowance(input: AllowanceDay & { count: number }): Promise<void>;
  /** Days from `fromDay` to `toDay`, both among them, on which something was used; by key and day. */
  allowancesOf(input: {
    environmentId: number;
    keys: readonly string[];
    fromDay: number;
    toDay: number;
  }): Promise<AllowanceRow[]>;
  /** Deletes days before `beforeDay` of keys in [`from`, `before`), at most `limit`; gives how many. */
  purgeAllowances(input: { from: string; before: string; beforeDay: number; limit: number }): Promise<number>;
  /** By integration, of the minutes since 1970 from `fromMinute` to before `toMinute`. */
  bounceSums(input: { environmentId: number; fromMinute: number; toMinute: number }): Promise<BounceSum[]>;
}
