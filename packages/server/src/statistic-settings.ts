import { z } from "zod";
import { whole } from "./setting-kinds.ts";

/** Settings of statistics, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const statisticSettings = z.object({
  minutesKeptHours: whole("TIDINGS_STATISTICS_MINUTES_KEPT_HOURS", "hours", 48, [1, 720], "How long statistics are kept by minute; then by hour"),
  hoursKeptDays: whole("TIDINGS_STATISTICS_HOURS_KEPT_DAYS", "days", 35, [1, 366], "How long they are kept by hour; then by day"),
  retentionDays: whole("TIDINGS_STATISTICS_RETENTION_DAYS", "days", 800, [1, 3650], "How long they are kept by day"),
  partRowsMax: whole("TIDINGS_STATISTICS_PART_ROWS_MAX", "rows", 2000, [100, 1_000_000], "Sums read at once: other calls wait for them"),
  partsMax: whole("TIDINGS_STATISTICS_PARTS_MAX", "parts", 500, [1, 100_000], "Such parts that one answer is made of at most; a longer time is refused"),
});
