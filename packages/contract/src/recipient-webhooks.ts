import { z } from "zod";
import { consentActionSchema } from "./consents.ts";
import { jsonObject } from "./data.ts";
import { choiceSchema, preferencesBodySchema } from "./preferences.ts";
import { recipientBodySchema } from "./recipients.ts";
import { idSchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/** Whom it is about: in all of these. */
const subject = {
  recipient: z.string(),
  /** The recipient's, as it was then; left out for none. */
  tenant: z.string().optional(),
  /** When it happened. */
  at: timeSchema,
};

/** By what somebody's choices, or what is known of them, were changed. */
export const changeSources = [
  "api",
  "event",
  "inline",
  "preference_centre",
  "one_click",
  "double_opt_in",
  "sms_keyword",
  "chat_keyword",
  "provider",
] as const;
export const changeSourceSchema = z.enum(changeSources);
export type ChangeSource = z.infer<typeof changeSourceSchema>;

/** Where a choice stands: for everything, a category, a workflow or a tenant. */
export const choiceScopes = ["all", "category", "workflow", "tenant"] as const;

/** One choice that is another than before. */
export const changedChoiceSchema = z.object({
  scope: z.enum(choiceScopes),
  /** Of the category, workflow or tenant; left out for `all`. */
  key: z.string().optional(),
  /** `all` is for each channel that has none of its own. */
  channel: z.union([channelSchema, z.literal("all")]),
  /** What is chosen now; left out where nothing is any more. */
  choice: choiceSchema.optional(),
});
export type ChangedChoice = z.infer<typeof changedChoiceSchema>;

export const preferenceUpdatedSchema = z.object({
  ...subject,
  source: changeSourceSchema,
  /** Choices that are others than before. */
  changed: z.array(changedChoiceSchema),
  /** All that is chosen now; what has no place in `changed`, as the order of channels, is found here. */
  preferences: preferencesBodySchema,
});
export type PreferenceUpdated = z.infer<typeof preferenceUpdatedSchema>;

/** An entry of the ledger that changed what is in force; where somebody was when they said it is not told. */
export const consentUpdatedSchema = z.object({
  ...subject,
  /** Id of the entry. */
  id: idSchema,
  /** As the ledger has it: a form, a call, `preference_centre`, `one_click`, `double_opt_in`, `sms_keyword`, `provider` … */
  source: z.string(),
  purpose: z.string(),
  /** Left out for all channels. */
  channel: channelSchema.optional(),
  action: consentActionSchema,
  confirmed: z.boolean().optional(),
  textVersion: z.string().optional(),
  jurisdiction: z.string().optional(),
});
export type ConsentUpdated = z.infer<typeof consentUpdatedSchema>;

/** What is known of a recipient that can be another than before, by the names of its fields. */
export const recipientFields = recipientBodySchema.keyof();
export type RecipientField = z.infer<typeof recipientFields>;

export const recipientUpdatedSchema = z.object({
  ...subject,
  source: changeSourceSchema,
  change: z.enum(["created", "updated", "erased"]),
  /** Names of what is another than before, addresses and personal attributes too, which are not told themselves. */
  changed: z.array(recipientFields),
  locale: z.string().optional(),
  timeZone: z.string().optional(),
  country: z.string().optional(),
  attributes: jsonObject(100).optional(),
});
export type RecipientUpdated = z.infer<typeof recipientUpdatedSchema>;

export const replyWords = ["stop", "start", "help", "text"] as const;

/** Told once for each recipient that the address is known for. */
export const messageRepliedSchema = z.object({
  ...subject,
  /** The reply's, as its provider has it. */
  id: z.string(),
  /** Key of the integration that it came in by. */
  integration: z.string(),
  channel: channelSchema,
  text: z.string(),
  /** `text` is all that is no word of its own. */
  keyword: z.enum(replyWords),
  /** Key of the category that the word names. */
  category: z.string().optional(),
});
export type MessageReplied = z.infer<typeof messageRepliedSchema>;
