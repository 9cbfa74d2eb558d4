import { z } from "zod";
import { namedChannelsSchema } from "./named-channels.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const weekdaySchema = z.enum(weekdays);

/** A time of the day by local clocks. */
export const clockTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "must be a time of the day, such as 22:00" });

const endSchema = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: "must be a time of the day, such as 07:00, or 24:00" });

const windowFields = {
  from: clockTimeSchema,
  to: endSchema,
  days: z
    .array(weekdaySchema)
    .min(1)
    .max(weekdays.length)
    .refine((days) => new Set(days).size === days.length, { error: "names a day twice" })
    .optional(),
};

const isSome = ({ from, to }: { from: string; to: string }): boolean => from !== to;
const differs = { error: "must differ from `from`", path: ["to"] };

/**
 * A part of each day, or of those on which it begins: from `from` until before `to`, over midnight where `to` is the
 * earlier one.
 */
export const dailyWindowSchema = z.strictObject(windowFields).refine(isSome, differs);
export type DailyWindowBody = z.infer<typeof dailyWindowSchema>;

/**
 * When nobody is to be disturbed, by messages on `channels` alone where they are named, and else by all that is not silent
 * (`silentChannels`). `false` switches off what is set further out.
 */
export const quietHoursSchema = z.union([
  z
    .strictObject({ ...windowFields, channels: namedChannelsSchema.optional() })
    .refine(isSome, differs)
    .refine(({ from, to, days }) => from !== "00:00" || to !== "24:00" || isSomeDays(days), {
      error: "must not be the whole week",
      path: ["to"],
    }),
  z.literal(false),
]);
export type QuietHours = z.infer<typeof quietHoursSchema>;

const isSomeDays = (days: readonly string[] | undefined): boolean =>
  days !== undefined && days.length < weekdays.length;
