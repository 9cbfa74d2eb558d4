import { bounceRateMaxDefault, type WarmUp } from "@tidings/contract/allowances";
import { dayOfDate } from "./allowance.ts";

/** Attempts a day while a new account gets known. */
const defaultPlan: readonly number[] = [
  50, 100, 250, 500, 1000, 2500, 5000, 7500, 10_000, 15_000, 20_000, 30_000, 40_000, 55_000, 70_000, 100_000,
];

/** After so many days without use an account is as unknown as a new one. */
const idleDaysMax = 30;
/** Days of use that have to be known: those of the longest plan, and the idle ones before it. */
export const historyDays = 100;
/** Days whose bounces count, today among them. */
const bounceDays = 3;
/** Fewer messages than this prove no rate. */
const bouncesOfMin = 50;

/**
 * The first day of the plan that is in force: `startedOn`, or the first use behind 30 days without any, today where there has been
 * none since. `usedDays` rise, and are those of the last `historyDays`.
 */
export function firstDay(startedOn: number, usedDays: readonly number[], today: number): number {
  let first = startedOn;
  let last = startedOn - 1;
  for (const day of [...usedDays.filter((used) => used >= startedOn && used < today), today]) {
    if (day - last > idleDaysMax) first = day;
    last = day;
  }
  return first;
}

/** How much may go out on a day; undefined where the plan is over. Before its first day it is that day's. */
export function capOfDay({ startedOn, plan }: WarmUp, usedDays: readonly number[], today: number): number | undefined {
  const index = today - firstDay(dayOfDate(startedOn), usedDays, today);
  return (plan ?? defaultPlan)[Math.max(0, index)];
}

/** From which day on bounces count: those before a warm-up that was begun anew by hand do not. */
export function bouncesFrom({ startedOn }: WarmUp, today: number): number {
  return Math.max(today - bounceDays + 1, Math.min(today, dayOfDate(startedOn)));
}

/** Whether too many bounced for it to go on. */
export function isStopped({ bounceRateMax = bounceRateMaxDefault }: WarmUp, sent: number, bounced: number): boolean {
  return sent >= bouncesOfMin && bounced * 100 > sent * bounceRateMax;
}
