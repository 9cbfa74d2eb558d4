import { z } from "zod";
import { problemSchema } from "./errors.ts";
import { acceptedSchema } from "./events.ts";

/** Answer to `POST /v1/events/batch`: per event, in order, its id or its error. */
export const batchResultSchema = z.object({
  results: z.array(z.union([acceptedSchema, z.object({ error: problemSchema })])),
});
export type BatchResult = z.infer<typeof batchResultSchema>;
