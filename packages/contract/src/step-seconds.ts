import { z } from "zod";

/** For how long a step may wait or count: up to a year. */
export const stepSecondsSchema = z
  .int()
  .min(1)
  .max(366 * 86_400);
