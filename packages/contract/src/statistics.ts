import { z } from "zod";
import { limits } from "./limits.ts";
import { mailboxProviderSchema } from "./mailbox-providers.ts";
import { keySchema, timeSchema } from "./text.ts";
import { channelSchema, laneSchema } from "./words.ts";

/** What messages are counted by. */
export const statisticDimensions = [
  "channel",
  "lane",
  "category",
  "tenant",
  "workflow",
  "integration",
  "mailboxProvider",
] as const;
export type StatisticDimension = (typeof statisticDimensions)[number];

export const statisticIntervals = ["minute", "hour", "day"] as const;
export type StatisticInterval = (typeof statisticIntervals)[number];

const dimension = `(${statisticDimensions.join("|")})`;
/** One dimension, or two with a comma between them. */
const groupBySchema = z.string().regex(new RegExp(`^${dimension}(,(?!\\1$)${dimension})?$`), {
  error: `must be one or two different ones of ${statisticDimensions.join(", ")}, with a comma between them`,
});

/** Query of `GET /v1/statistics`. Filters all have to hold. */
export const statisticsQuerySchema = z.strictObject({
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  interval: z.enum(statisticIntervals).optional(),
  groupBy: groupBySchema.optional(),
  limit: z.coerce.number().int().min(1).max(limits.statisticGroups).optional(),
  channel: channelSchema.optional(),
  lane: laneSchema.optional(),
  category: keySchema.optional(),
  tenant: keySchema.optional(),
  workflow: keySchema.optional(),
  integration: keySchema.optional(),
  mailboxProvider: mailboxProviderSchema.optional(),
});
export type StatisticsQuery = z.infer<typeof statisticsQuerySchema>;

const rate = z.number().nullable();

/** How long something took, ms; null where it was not measured. */
export const latencySchema = z.object({
  p50Ms: z.int().nullable(),
  p95Ms: z.int().nullable(),
  p99Ms: z.int().nullable(),
});
export type LatencyView = z.infer<typeof latencySchema>;

/** What came in and happened in a time. Each is counted when it happens: what is delivered may have been sent before. */
export const statisticCountsSchema = z.object({
  events: z.int(),
  queued: z.int(),
  retried: z.int(),
  sent: z.int(),
  delivered: z.int(),
  bounced: z.int(),
  softBounced: z.int(),
  failed: z.int(),
  suppressed: z.int(),
  expired: z.int(),
  canceled: z.int(),
  dead: z.int(),
  unknown: z.int(),
  opened: z.int(),
  clicked: z.int(),
  read: z.int(),
  complained: z.int(),
  unsubscribed: z.int(),
});
export type StatisticCounts = z.infer<typeof statisticCountsSchema>;

export const statisticFiguresSchema = z.object({
  counts: statisticCountsSchema,
  deliveryRate: rate,
  bounceRate: rate,
  complaintRate: rate,
  openRate: rate,
  clickRate: rate,
  sendLatency: latencySchema,
  deliveryLatency: latencySchema,
  spend: z.number(),
});
export type StatisticFigures = z.infer<typeof statisticFiguresSchema>;

/** The figures of one minute, hour or day. */
export const statisticPointSchema = z.object({ at: timeSchema, ...statisticFiguresSchema.shape });
export type StatisticPoint = z.infer<typeof statisticPointSchema>;

const series = z.array(statisticPointSchema).optional();

const bySchema = z.object({
  channel: z.string().optional(),
  lane: z.string().optional(),
  category: z.string().optional(),
  tenant: z.string().optional(),
  workflow: z.string().optional(),
  integration: z.string().optional(),
  mailboxProvider: z.string().optional(),
});

export const statisticGroupSchema = z.object({ by: bySchema, ...statisticFiguresSchema.shape, series });
export type StatisticGroup = z.infer<typeof statisticGroupSchema>;

export const statisticTotalSchema = z.object({ ...statisticFiguresSchema.shape, series });

export const statisticsSchema = z.object({
  from: timeSchema,
  to: timeSchema,
  interval: z.enum(statisticIntervals).optional(),
  total: statisticTotalSchema,
  groups: z.array(statisticGroupSchema),
  truncated: z.boolean(),
});
export type Statistics = z.infer<typeof statisticsSchema>;
