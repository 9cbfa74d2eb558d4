import { z } from "zod";
import { keySchema } from "./text.ts";

/**
 * Who opens, clicks and reads nothing for `afterDays`, although messages were sent, gets one message that asks whether they want
 * more, and then none, until they do or agree anew.
 */
export const sunsetSchema = z.strictObject({
  afterDays: z.int().min(1).max(3650),
  /** Goes out in place of the message that was due; on channels for which it has no content nobody is asked. */
  template: keySchema,
  /** For so long behind the question messages still go out; none where left out. */
  graceDays: z.int().min(0).max(365).optional(),
});
export type Sunset = z.infer<typeof sunsetSchema>;
