import { z } from "zod";
import { channelOrderSchema } from "./channel-order.ts";
import { conditionSchema } from "./conditions.ts";
import { limits } from "./limits.ts";
import { quietHoursSchema } from "./quiet-hours.ts";
import { keySchema, recipientIdSchema } from "./text.ts";

/** What somebody wants of a channel: at once, not at all, or gathered. */
export const settingSchema = z.enum(["on", "off", "hourly", "daily", "weekly"]);
export type Setting = z.infer<typeof settingSchema>;

/** A setting that always holds, or one that holds where its condition does. */
export const choiceSchema = z.union([settingSchema, z.strictObject({ setting: settingSchema, if: conditionSchema })]);
export type Choice = z.infer<typeof choiceSchema>;

/** Choices by channel; `all` is for each channel that has none of its own. */
export const channelSettingsSchema = z.strictObject({
  all: choiceSchema.optional(),
  email: choiceSchema.optional(),
  sms: choiceSchema.optional(),
  push: choiceSchema.optional(),
  in_app: choiceSchema.optional(),
  webhook: choiceSchema.optional(),
  chat: choiceSchema.optional(),
  voice: choiceSchema.optional(),
});
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

const byKey = z
  .record(keySchema, channelSettingsSchema)
  .refine((settings) => Object.keys(settings).length <= limits.choicesPerScope, {
    error: `has at most ${limits.choicesPerScope} keys`,
  });

const choiceFields = {
  /** For everything of the environment. */
  all: channelSettingsSchema.optional(),
  categories: byKey.optional(),
  workflows: byKey.optional(),
};

/** A tenant's defaults for its recipients. */
export const tenantPreferencesSchema = z.strictObject({
  ...choiceFields,
  /** Order of channels for those of its recipients who have none of their own. */
  channelOrder: channelOrderSchema.optional(),
});
export type TenantPreferences = z.infer<typeof tenantPreferencesSchema>;

/** Body of `PUT /v1/recipients/{id}/preferences`: all of somebody's choices; what is left out is not chosen. */
export const preferencesBodySchema = z.strictObject({
  ...choiceFields,
  tenants: byKey.optional(),
  /** Channels that the recipient likes best, first. */
  channelOrder: channelOrderSchema.optional(),
  /** The recipient's own, in place of all others. */
  quietHours: quietHoursSchema.optional(),
});
export type PreferencesBody = z.infer<typeof preferencesBodySchema>;

export const preferencesSchema = preferencesBodySchema.extend({ recipient: recipientIdSchema });
export type PreferencesView = z.infer<typeof preferencesSchema>;

/** Body of `POST /v1/preferences/batch`: the preferences of up to 1,000 recipients, each as by its own PUT. */
export const preferencesBatchSchema = z.strictObject({
  preferences: z
    .array(preferencesBodySchema.extend({ recipient: recipientIdSchema }))
    .min(1)
    .max(limits.recipientsPerBatch),
});

/** Answer, in order: what was written, or why it was not. */
export const preferencesBatchResultSchema = z.object({
  results: z.array(z.object({ recipient: z.string(), error: z.string().optional() })),
});

/** Body of `POST /v1/preferences/read`. */
export const preferencesReadSchema = z.strictObject({
  recipients: z.array(recipientIdSchema).min(1).max(limits.recipientsPerBatch),
});

/** Answer, in order; somebody who is not known is left out. */
export const preferencesReadResultSchema = z.object({ items: z.array(preferencesSchema) });
