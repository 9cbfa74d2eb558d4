import { z } from "zod";

/** What a replay goes on over, as the payload of its event keeps it. Times are ms. */
export const selectionSchema = z.object({
  /** In order; in place of names and times. */
  ids: z.array(z.string()).optional(),
  names: z.array(z.string()).optional(),
  from: z.number(),
  to: z.number(),
  tenant: z.string().optional(),
  recipient: z.string().optional(),
  workflows: z.array(z.string()).optional(),
  perSecond: z.number(),
});
export type Selection = z.infer<typeof selectionSchema>;

/** The same as the replay's row keeps it, for those who look. */
const documentSchema = selectionSchema.omit({ ids: true }).extend({
  /** How many are named by their ids. */
  events: z.number().optional(),
});
export type ReplayDocument = z.infer<typeof documentSchema>;

export function parseReplay(json: string): ReplayDocument {
  return documentSchema.parse(JSON.parse(json));
}
