/*
 * An allowance is how much of something may be used in one day, by all processes together: attempts by an integration, or what
 * attempts cost, in millionths of the currency. Days are UTC's, counted since 1970.
 */

const dayMs = 86_400_000;

export const dayOf = (at: number): number => Math.floor(at / dayMs);
export const startOfDay = (day: number): number => day * dayMs;
/** `2026-11-30` */
export const dateOfDay = (day: number): string => new Date(startOfDay(day)).toISOString().slice(0, 10);
export const dayOfDate = (date: string): number => dayOf(Date.parse(`${date}T00:00:00Z`));

/** Where nothing bounds it, and it is only counted. */
export const unbounded = Number.MAX_SAFE_INTEGER;

export const integrationAllowance = (integration: string): string => `integration:${integration}`;
/** The environment's where the tenant is empty. */
export const budgetAllowance = (tenant: string): string => `spend:${tenant}`;
/** All keys of a kind are in [from, before). */
export const allowanceKinds = {
  integration: { from: "integration:", before: "integration;" },
  budget: { from: "spend:", before: "spend;" },
} as const;

export const millionths = (price: number): number => Math.round(price * 1e6);

/** What a process asks of an allowance. */
export interface AllowanceAsk {
  /** What it needs now. */
  least: number;
  /** What it would set aside at most, so that it need not ask soon again. */
  most: number;
  /** Of what is left it sets aside this part at most, so that the others find something. */
  parts: number;
  max: number;
}

/** What it gets: never more than is left, and less than it needs only where nothing is left then. */
export function granted(used: number, { least, most, parts, max }: AllowanceAsk): number {
  const left = Math.max(0, max - used);
  return Math.min(left, Math.max(least, Math.min(most, Math.floor(left / Math.max(1, parts)))));
}
