import { z } from "zod";
import { limits } from "./limits.ts";

export const pageQuerySchema = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageSize).optional(),
});

/** One page of a list: give `nextCursor` back as `cursor` for the page after it. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });
