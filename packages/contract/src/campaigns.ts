import { z } from "zod";
import { type EventBody, eventBodySchema } from "./events.ts";
import { localTimeSchema } from "./local-time.ts";
import { pageQuerySchema } from "./pages.ts";
import { idSchema, line, timeSchema } from "./text.ts";

/** When each recipient of a campaign has their turn: within so many minutes, or at a time of their own day. The same recipient always at the same one. */
export const spreadSchema = z.union([
  z.strictObject({ minutes: z.int().min(1).max(10_080) }),
  z.strictObject({ localTime: localTimeSchema }),
]);
export type Spread = z.infer<typeof spreadSchema>;

const { recipients, data, tenant, scheduledAt, expiresAt } = eventBodySchema.shape;

/** Body of `POST /v1/campaigns`: an event to many, whose progress is kept. */
export const campaignBodySchema = z.strictObject({
  name: line(200),
  /** Name of the event, which a workflow has to await. */
  event: line(200),
  recipients,
  data,
  tenant,
  scheduledAt,
  expiresAt,
  spread: spreadSchema.optional(),
});
export type CampaignBody = z.infer<typeof campaignBodySchema>;

/** `running` takes recipients in, `paused` would have more to take in, `sending` has taken all of them and has messages under way. */
export const campaignStates = ["scheduled", "running", "paused", "sending", "done", "canceled", "failed"] as const;
export type CampaignState = (typeof campaignStates)[number];

const skippedSchema = z.object({ reason: z.string(), text: z.string(), count: z.int() });

export const campaignProgressSchema = z.object({
  /** Known where no segment is among the recipients, and of all once they are taken in. */
  total: z.int().optional(),
  looked: z.int(),
  recipients: z.int(),
  messages: z.int(),
  done: z.int(),
  sent: z.int(),
  delivered: z.int(),
  opened: z.int(),
  clicked: z.int(),
  failed: z.int(),
  skipped: z.array(skippedSchema),
  ratePerSecond: z.number(),
  secondsLeft: z.int().optional(),
});
export type CampaignProgress = z.infer<typeof campaignProgressSchema>;

export const campaignSchema = z.object({
  id: idSchema,
  name: z.string(),
  event: z.string(),
  state: z.enum(campaignStates),
  topics: z.array(z.string()),
  segments: z.array(z.string()),
  /** Recipients that it names one by one. */
  named: z.int(),
  spread: spreadSchema.optional(),
  createdAt: timeSchema,
  scheduledAt: timeSchema.optional(),
  expiresAt: timeSchema.optional(),
  pausedAt: timeSchema.optional(),
  progress: campaignProgressSchema.optional(),
});
export type CampaignView = z.infer<typeof campaignSchema>;

export const campaignQuerySchema = pageQuerySchema;

/** A campaign is an event, which nobody but the campaign cancels. */
export function eventOfCampaign(body: CampaignBody, cancellationKey: string): EventBody {
  const { event: name, name: _, spread: __, ...rest } = body;
  return { name, ...rest, cancellationKey };
}
