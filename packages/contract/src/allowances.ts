import { z } from "zod";
import { keySchema } from "./text.ts";

/** UTC date, `2026-11-30`. */
const daySchema = z.iso.date();

/** Share of messages that may bounce while an integration warms up, %, where it does not say. */
export const bounceRateMaxDefault = 3;

/**
 * How a new sending address or account gets known: a little more each day. Messages a day from `startedOn` on; behind the plan's last
 * day nothing is bounded any more.
 */
export const warmUpSchema = z.strictObject({
  startedOn: daySchema,
  plan: z.array(z.int().min(1).max(1_000_000_000)).min(1).max(60).optional(),
  /** Percent of what was sent lately. */
  bounceRateMax: z.number().min(0.1).max(100).optional(),
});
export type WarmUp = z.infer<typeof warmUpSchema>;

/** What may be spent a day, in the currency of the integrations' prices. */
export const budgetSchema = z.strictObject({ perDay: z.number().min(0).max(1_000_000_000) });
export type Budget = z.infer<typeof budgetSchema>;

/** Why a message waits for the next day: closed. */
export const dayReasons = ["quota_reached", "warm_up_reached", "warm_up_stopped", "budget_reached"] as const;
export type DayReason = (typeof dayReasons)[number];

export const allowancesQuerySchema = z.strictObject({
  /** Whose budget is shown beside the environment's. */
  tenant: keySchema.optional(),
});

/** What is used of a day's bound; `max` is missing where only counted. */
export const allowanceSchema = z.object({
  kind: z.enum(["integration", "budget"]),
  integration: z.string().optional(),
  tenant: z.string().optional(),
  used: z.number(),
  max: z.number().optional(),
  reason: z.enum(dayReasons).optional(),
});
export type AllowanceView = z.infer<typeof allowanceSchema>;

export const allowancesSchema = z.object({ day: daySchema, items: z.array(allowanceSchema) });
export type AllowanceList = z.infer<typeof allowancesSchema>;
