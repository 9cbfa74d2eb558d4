import { z } from "zod";
import { whole } from "./setting-kinds.ts";

/** Settings of the guard of marketing, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const guardSettings = z.object({
  everyMs: whole("TIDINGS_MARKETING_GUARD_EVERY_MS", "ms", 5000, [0, 3_600_000], "How often it is looked whether marketing draws too many complaints or bounces; 0 is never"),
});
