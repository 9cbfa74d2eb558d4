import { z } from "zod";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const weekdaySchema = z.enum(weekdays);

/** A time of the day by local clocks. */
export const clockTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "must be a time of the day, such as 22:00" });

const endSchema = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: "must be a time of the day, such as 07:00, or 24:00" });

/**
 * A part of each day, or of those on which it begins: from `from` until before `to`, over midnight where `to` is the
 * earlier one.
 */
export const dailyWindowSchema = z
  .strictObject({
    from: clockTimeSchema,
    to: endSchema,
    days: z
      .array(weekdaySchema)
      .min(1)
      .max(weekdays.length)
      .refine((days) => new Set(days).size === days.length, { error: "names a day twice" })
      .optional(),
  })
  .refine(({ from, to }) => from !== to, { error: "must differ from `from`", path: ["to"] });
export type DailyWindowBody = z.infer<typeof dailyWindowSchema>;

/** When nobody is to be disturbed; `false` switches off what is set further out. */
export const quietHoursSchema = z.union([
  dailyWindowSchema.refine(({ from, to, days }) => from !== "00:00" || to !== "24:00" || isSomeDays(days), {
    error: "must not be the whole week",
    path: ["to"],
  }),
  z.literal(false),
]);
export type QuietHours = z.infer<typeof quietHoursSchema>;

const isSomeDays = (days: readonly string[] | undefined): boolean =>
  days !== undefined && days.length < weekdays.length;
