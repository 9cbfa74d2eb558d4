import { z } from "zod";
import { timeSchema } from "./text.ts";

/** What every decision says: the recorded answer to "why did, or didn't, this recipient get this on this channel?" */
export const decisionFields = {
  outcome: z.string(),
  reason: z.string(),
  /** What decided, where it was policy. */
  rule: z.string().optional(),
  /** Versions of the documents that the policy stands in. */
  versions: z.object({ category: z.int().optional(), policy: z.int().optional() }).optional(),
  detail: z.string().optional(),
  /** The same in words. */
  text: z.string(),
  at: timeSchema,
};
