import { capsSchema } from "./caps.ts";
import { quietHoursSchema } from "./quiet-hours.ts";
import { timeZoneSchema } from "./time-zone.ts";

/** What a tenant, and the environment, say of when messages go out and how many of them. */
export const timingFields = {
  /** Of recipients who have none. */
  timeZone: timeZoneSchema.optional(),
  /** In place of those that are set further out. */
  quietHours: quietHoursSchema.optional(),
  /** They hold across all categories, each for itself. */
  caps: capsSchema.optional(),
};
