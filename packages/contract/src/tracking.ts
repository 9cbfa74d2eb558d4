import { z } from "zod";

/** What is noticed of a mail once it has arrived; nothing where left out. */
export const trackingSchema = z.strictObject({
  /** By a picture that nobody sees, at the end of its HTML. */
  opens: z.boolean().optional(),
  /** By links that lead where they lead by way of this server. */
  clicks: z.boolean().optional(),
});
export type Tracking = z.infer<typeof trackingSchema>;
