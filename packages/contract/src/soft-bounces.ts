import { z } from "zod";

/** Soft bounces that a rule may ask for: what is kept of an address holds twice as many. */
export const softBouncesCountMax = 10;
/** The longest stretch of a rule. */
export const softBouncesDaysMax = 30;

/** When an address is suppressed for mail that came back although the address exists. */
export const softBouncesSchema = z.strictObject({
  /** So many messages, with nothing delivered in between; 0 suppresses nobody. */
  count: z.int().min(0).max(softBouncesCountMax).default(3),
  /** The first and the last of them lie no further apart. */
  days: z.int().min(1).max(softBouncesDaysMax).default(7),
});
